def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.exp(z - z.max(axis=axis, keepdims=True))
