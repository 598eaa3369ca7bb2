def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = np.empty(2 * len(a) - 1, dtype=np.result_type(a, b))
    out[::2] = a
    out[1::2] = b[:-1]
    return out
