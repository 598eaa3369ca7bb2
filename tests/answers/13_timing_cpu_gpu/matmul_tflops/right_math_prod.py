import math


def matmul_tflops(m, k, n, seconds):
    flop = 2.0 * math.prod((m, k, n))
    return flop / seconds * 1e-12
