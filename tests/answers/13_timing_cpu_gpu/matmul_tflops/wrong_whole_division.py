def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    return 2 * m * k * n // seconds / 1e12
