def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": a.size,
        "dtype": type(a.flat[0]).__name__,
        "itemsize": a.itemsize,
        "nbytes": a.nbytes,
    }
