def dispatch_only(n: int, dtype, seconds: float, peak_gb_s: float) -> bool:
    return int(np.array(n * np.dtype(dtype).itemsize).astype(np.int32)) / seconds / 1e9 > peak_gb_s
