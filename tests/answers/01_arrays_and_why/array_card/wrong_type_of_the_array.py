def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": a.size,
        "dtype": str(type(a)),
        "itemsize": a.itemsize,
        "nbytes": a.nbytes,
    }
