def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    return int(float(n) * h * w * c * np.dtype(dtype).itemsize)
