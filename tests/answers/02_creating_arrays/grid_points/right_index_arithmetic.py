def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    number = np.arange(len(xs) * len(ys))
    return np.stack([xs[number % len(xs)], ys[number // len(xs)]], axis=1)
