def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(np.clip(z, -500, 500))
    return e / e.sum(axis=axis, keepdims=True)
