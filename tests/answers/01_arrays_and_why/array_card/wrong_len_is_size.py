def array_card(a: np.ndarray) -> dict:
    return {
        "shape": a.shape,
        "ndim": a.ndim,
        "size": len(a),
        "dtype": str(a.dtype),
        "itemsize": a.itemsize,
        "nbytes": a.nbytes,
    }
