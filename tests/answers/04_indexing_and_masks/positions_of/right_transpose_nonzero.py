def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.transpose(np.nonzero(mask))
