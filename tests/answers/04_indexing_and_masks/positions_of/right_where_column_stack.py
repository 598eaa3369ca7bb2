def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.column_stack(np.where(mask != 0))
