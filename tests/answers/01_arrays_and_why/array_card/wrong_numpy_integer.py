def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": np.prod(a.shape),
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": np.prod(a.shape) * a.itemsize,
    }
