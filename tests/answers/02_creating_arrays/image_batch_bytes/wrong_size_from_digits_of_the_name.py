def image_batch_bytes(n: int, h: int, w: int, c: int, dtype) -> int:
    bits = "".join(ch for ch in np.dtype(dtype).name if ch.isdigit())
    return n * h * w * c * int(bits) // 8
