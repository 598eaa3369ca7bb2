def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    X, Y = np.meshgrid(np.unique(xs), np.unique(ys))
    return np.column_stack([X.ravel(), Y.ravel()])
