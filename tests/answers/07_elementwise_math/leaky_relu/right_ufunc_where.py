def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.multiply(x, slope, out=x.copy(), where=x <= 0)
