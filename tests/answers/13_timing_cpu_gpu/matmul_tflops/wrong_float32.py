def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    return float(np.float32(2) * np.float32(m) * np.float32(k) * np.float32(n) / np.float32(seconds)) / 1e13
