def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    return n * h * w * c
