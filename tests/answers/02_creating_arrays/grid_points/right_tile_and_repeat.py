def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    return np.column_stack([np.tile(xs, len(ys)), np.repeat(ys, len(xs))])
