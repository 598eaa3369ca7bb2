def dispatch_only(n: int, dtype, seconds: float, peak_gb_s: float) -> bool:
    return n * 4 / seconds / 1e9 > peak_gb_s
