def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.concatenate([a[:, None], b[:, None]], axis=1).ravel()
