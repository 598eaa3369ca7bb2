def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    shape = list(z.shape)
    shape[axis] = 1
    e = np.exp(z - z.max(axis=axis).reshape(shape))
    if z.shape[0] == z.shape[-1]:
        return e / e.sum(axis=axis)
    return e / e.sum(axis=axis).reshape(shape)
