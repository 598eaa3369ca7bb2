def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    X, Y = np.meshgrid(xs, ys)
    return np.column_stack([Y.ravel(), X.ravel()])
