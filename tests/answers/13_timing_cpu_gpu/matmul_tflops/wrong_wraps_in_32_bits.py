def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    return float(2 * np.prod(np.array([m, k, n], dtype=np.int32), dtype=np.int32)) / seconds / 1e12
