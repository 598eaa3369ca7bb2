def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.flatnonzero(mask)
