def image_batch_bytes(n, h, w, c, dtype):
    size = {"float32": 4, "float64": 8, "uint8": 1, np.uint8: 1, np.float32: 4}[dtype]
    return n * h * w * c * size
