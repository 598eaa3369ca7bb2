def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.maximum(x, 0) + slope * np.minimum(x, 0)
