def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = np.empty(len(a) + len(b), dtype=np.result_type(a, b))
    out[::2] = a
    out[1::2] = b
    return out
