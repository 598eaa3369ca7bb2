def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    return m * n * (2 * k - 1) / seconds / 1e12
