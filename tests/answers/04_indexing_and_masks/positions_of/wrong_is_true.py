def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.argwhere(mask == True)
