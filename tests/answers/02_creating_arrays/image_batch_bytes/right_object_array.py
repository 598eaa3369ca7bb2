def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    sizes = np.array([n, h, w, c], dtype=object)
    element = np.empty(0, dtype=dtype)
    return int(sizes.prod()) * element.itemsize
