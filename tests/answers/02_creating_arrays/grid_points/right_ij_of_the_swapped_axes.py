def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    Y, X = np.meshgrid(ys, xs, indexing="ij")
    return np.array([X.ravel(), Y.ravel()]).T
