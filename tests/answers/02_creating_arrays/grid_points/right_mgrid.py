def grid_points(xs, ys):
    j, i = np.mgrid[: len(ys), : len(xs)]
    return np.c_[xs[i.ravel()], ys[j.ravel()]]
