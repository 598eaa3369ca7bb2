def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    points = np.zeros((len(ys) * len(xs), 2))
    X, Y = np.meshgrid(xs, ys)
    points[:, 0], points[:, 1] = X.ravel(), Y.ravel()
    return points
