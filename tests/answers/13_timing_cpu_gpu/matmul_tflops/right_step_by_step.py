def matmul_tflops(m: int, k: int, n: int, seconds: float) -> float:
    products = m * n * k
    additions = m * n * k
    return (products + additions) / (seconds * 1e12)
