def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    import math

    return math.prod((n, h, w, c, np.dtype(dtype).itemsize))
