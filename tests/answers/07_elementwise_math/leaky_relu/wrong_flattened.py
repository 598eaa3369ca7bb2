def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return np.array([value if value > 0 else slope * value for value in x.ravel()])
