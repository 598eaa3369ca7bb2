def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return max(x, slope * x)
