def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": a.shape[-1],
        "size": a.size,
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": a.nbytes,
    }
