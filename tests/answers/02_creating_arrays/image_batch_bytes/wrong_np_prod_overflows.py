def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    return int(np.prod([n, h, w, c])) * np.dtype(dtype).itemsize
