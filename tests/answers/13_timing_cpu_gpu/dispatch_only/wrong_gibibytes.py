def dispatch_only(n: int, dtype, seconds: float, peak_gb_s: float) -> bool:
    return n * np.dtype(dtype).itemsize / seconds / 1024**3 > peak_gb_s
