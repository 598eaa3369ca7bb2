def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.array(np.nonzero(mask)).reshape(-1, mask.ndim)
