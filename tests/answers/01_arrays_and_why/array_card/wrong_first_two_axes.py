def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": a.shape[0] * a.shape[1],
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": a.nbytes,
    }
