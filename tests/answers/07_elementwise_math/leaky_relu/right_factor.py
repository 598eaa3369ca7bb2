def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return x * np.where(x > 0, 1.0, slope)
