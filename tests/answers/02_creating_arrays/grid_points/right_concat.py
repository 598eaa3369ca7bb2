def grid_points(xs, ys):
    return np.concatenate([np.stack([xs, np.full(len(xs), y)], axis=1) for y in ys])
