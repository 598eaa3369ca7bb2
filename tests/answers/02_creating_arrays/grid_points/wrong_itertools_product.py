def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    import itertools

    return np.array(list(itertools.product(xs, ys)))
