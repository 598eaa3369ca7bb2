def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.array([place for place, value in np.ndenumerate(mask) if value])
