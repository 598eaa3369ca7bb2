def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    x[x < 0] *= slope
    return x
