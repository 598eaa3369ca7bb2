def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.where(x > 0, slope * x, x)
