def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    return np.prod([2, m, k, n], dtype=np.float64) / seconds / 10**12
