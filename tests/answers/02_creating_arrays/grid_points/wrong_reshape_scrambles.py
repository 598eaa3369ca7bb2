def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    X, Y = np.meshgrid(xs, ys)
    return np.array([X, Y]).reshape(-1, 2)
