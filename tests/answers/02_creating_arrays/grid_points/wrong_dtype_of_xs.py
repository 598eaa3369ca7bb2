def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    points = np.empty((len(ys) * len(xs), 2), dtype=xs.dtype)
    points[:, 0] = np.tile(xs, len(ys))
    points[:, 1] = np.repeat(ys, len(xs))
    return points
