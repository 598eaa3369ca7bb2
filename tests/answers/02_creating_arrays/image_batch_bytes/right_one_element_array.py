def image_batch_bytes(n, h, w, c, dtype):
    return np.zeros(1, dtype).nbytes * n * h * w * c
