def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    flat = [value if value > 0 else slope * value for value in x.flatten()]
    return np.array(flat).reshape(x.shape)
