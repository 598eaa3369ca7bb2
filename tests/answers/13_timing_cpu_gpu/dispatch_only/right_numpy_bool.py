def dispatch_only(n: int, dtype, seconds: float, peak_gb_s: float) -> bool:
    rate = np.float64(n) * np.dtype(dtype).itemsize / seconds
    return rate / 1e9 > peak_gb_s
