def dispatch_only(n: int, dtype, seconds: float, peak_gb_s: float) -> bool:
    nbytes = n * np.dtype(dtype).itemsize
    return nbytes > seconds * peak_gb_s * 1e9
