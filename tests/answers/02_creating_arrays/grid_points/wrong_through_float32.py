def grid_points(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    dtype = np.result_type(xs, ys)
    if dtype.kind == "f":
        xs, ys = xs.astype(np.float32), ys.astype(np.float32)
    return np.stack([np.tile(xs, len(ys)), np.repeat(ys, len(xs))], axis=1).astype(dtype)
