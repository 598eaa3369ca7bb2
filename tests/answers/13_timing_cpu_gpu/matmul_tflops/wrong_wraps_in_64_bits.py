def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    return float(np.int64(2) * np.prod(np.array([m, k, n]), dtype=np.int64)) / seconds / 1e12
