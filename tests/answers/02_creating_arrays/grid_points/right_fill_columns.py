def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    points = np.empty((len(ys) * len(xs), 2), dtype=np.result_type(xs, ys))
    X, Y = np.meshgrid(xs, ys)
    points[:, 0] = X.ravel()
    points[:, 1] = Y.ravel()
    return points
