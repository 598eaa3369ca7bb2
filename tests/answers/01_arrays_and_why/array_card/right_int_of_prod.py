def array_card(a: np.ndarray) -> dict:
    size = int(np.prod(a.shape, dtype=np.int64))
    return {
        "nbytes": size * a.itemsize,
        "itemsize": a.itemsize,
        "dtype": a.dtype.name,
        "size": size,
        "ndim": a.ndim,
        "shape": a.shape,
    }
