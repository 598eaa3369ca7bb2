def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    out = x.copy()
    out[out < 0] *= slope
    return out
