def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    z -= z.max(axis=axis, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)
