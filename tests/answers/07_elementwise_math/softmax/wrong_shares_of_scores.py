def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    return z / z.sum(axis=axis, keepdims=True)
