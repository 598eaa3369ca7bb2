def positions_of(mask: np.ndarray) -> np.ndarray:
    grid = np.indices(mask.shape)
    return np.moveaxis(grid, 0, -1)[mask.astype(bool)]
