def dispatch_only(n, dtype, seconds, peak_gb_s):
    gigabytes = np.empty(0, dtype=dtype).itemsize * n / 10**9
    if gigabytes / seconds > peak_gb_s:
        return True
    return False
