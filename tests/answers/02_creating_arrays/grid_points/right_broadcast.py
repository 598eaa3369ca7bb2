def grid_points(xs, ys):
    shape = (len(ys), len(xs))
    return np.dstack([np.broadcast_to(xs, shape), np.broadcast_to(ys[:, None], shape)]).reshape(-1, 2)
