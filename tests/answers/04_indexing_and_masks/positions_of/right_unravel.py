def positions_of(mask: np.ndarray) -> np.ndarray:
    flat = np.flatnonzero(mask)
    return np.array(np.unravel_index(flat, mask.shape)).T
