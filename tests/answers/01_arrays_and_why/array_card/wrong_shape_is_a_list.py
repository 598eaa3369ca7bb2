def array_card(a: np.ndarray) -> dict:
    return {
        "shape": list(a.shape),
        "ndim": a.ndim,
        "size": a.size,
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": a.nbytes,
    }
