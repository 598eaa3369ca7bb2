def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    return np.array([[x, y] for y in ys.tolist() for x in xs.tolist()])
