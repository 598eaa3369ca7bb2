def array_card(a: np.ndarray) -> dict:
    size = 1
    for length in a.shape:
        size *= length
    itemsize = a.dtype.itemsize
    return {
        "shape": a.shape,
        "ndim": len(a.shape),
        "size": size,
        "dtype": a.dtype.name,
        "itemsize": itemsize,
        "nbytes": size * itemsize,
    }
