def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    return np.stack([xs[: len(ys)], ys[: len(xs)]], axis=1)
