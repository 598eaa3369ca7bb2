def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    xs.sort()
    ys.sort()
    X, Y = np.meshgrid(xs, ys)
    return np.stack([X, Y], axis=-1).reshape(-1, 2)
