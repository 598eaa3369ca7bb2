def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    total = np.dtype(dtype).itemsize
    for size in (n, h, w, c):
        total *= size
    return total
