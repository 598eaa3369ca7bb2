def dispatch_only(n: int, dtype, seconds: float, peak_gb_s: float) -> bool:
    return n * dtype(0).itemsize / seconds / 1e9 > peak_gb_s
