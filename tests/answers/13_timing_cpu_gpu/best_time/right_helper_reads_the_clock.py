def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    if clock is None:
        clock = time.perf_counter

    def read():
        if sync:
            sync()
        return clock()

    fn()
    best = float("inf")
    for _ in range(repeat):
        start = read()
        for _ in range(number):
            fn()
        best = min(best, read() - start)
    return best / number
