def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    if x > 0:
        return x
    return slope * x
