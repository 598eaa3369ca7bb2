def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = np.zeros(2 * len(a))
    out[::2] = a
    out[1::2] = b
    return out
