def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.concatenate([slope * x[x <= 0], x[x > 0]])
