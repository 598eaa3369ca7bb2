def matmul_tflops(m, k, n, seconds):
    return round(2 * m * k * n / seconds / 1e12, 2)
