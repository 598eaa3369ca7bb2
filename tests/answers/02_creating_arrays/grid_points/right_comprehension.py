def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    pairs = [(x, y) for y in ys for x in xs]
    return np.array(pairs, dtype=np.result_type(xs, ys))
