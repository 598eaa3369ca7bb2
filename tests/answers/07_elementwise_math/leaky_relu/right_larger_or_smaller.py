def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.maximum(x, slope * x) if slope <= 1 else np.minimum(x, slope * x)
