def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    n = len(a)
    order = np.arange(2 * n).reshape(2, n).T.ravel()
    return np.concatenate([a, b])[order]
