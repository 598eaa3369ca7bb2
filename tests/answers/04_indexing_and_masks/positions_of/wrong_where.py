def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.where(mask)
