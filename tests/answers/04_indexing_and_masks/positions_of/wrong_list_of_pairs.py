def positions_of(mask: np.ndarray) -> np.ndarray:
    return list(zip(*np.nonzero(mask)))
