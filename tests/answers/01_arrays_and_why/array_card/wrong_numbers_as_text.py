def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": str(a.ndim),
        "size": str(a.size),
        "dtype": str(a.dtype),
        "itemsize": str(a.itemsize),
        "nbytes": str(a.nbytes),
    }
