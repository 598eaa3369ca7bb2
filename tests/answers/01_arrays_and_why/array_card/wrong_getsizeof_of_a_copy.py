def array_card(a: np.ndarray) -> dict:
    import sys

    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": a.size,
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": sys.getsizeof(a.copy()),
    }
