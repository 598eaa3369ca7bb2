def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    X, Y = np.meshgrid(xs, ys)
    return np.stack([X, Y]).T.reshape(-1, 2)
