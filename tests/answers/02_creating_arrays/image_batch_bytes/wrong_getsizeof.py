import sys


def image_batch_bytes(n, h, w, c, dtype):
    return n * h * w * c * sys.getsizeof(np.zeros((), dtype=dtype))
