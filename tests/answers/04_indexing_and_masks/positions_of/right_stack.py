def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.stack(np.nonzero(mask), axis=1)
