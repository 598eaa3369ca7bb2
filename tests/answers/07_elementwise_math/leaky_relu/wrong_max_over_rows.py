def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.max([x, slope * x], axis=0) if slope < 1 else x
