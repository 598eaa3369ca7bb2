def array_card(a: np.ndarray) -> dict:
    flat = a.flatten()
    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": len(flat),
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": len(flat) * a.itemsize,
    }
