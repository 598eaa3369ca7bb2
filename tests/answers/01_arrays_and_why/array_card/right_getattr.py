def array_card(a):
    card = {key: getattr(a, key) for key in ("shape", "ndim", "size", "itemsize", "nbytes")}
    card["dtype"] = a.dtype.name
    return card
