def best_time(fn, repeat=5, number=10, sync=None, clock=None):
    clock = clock or time.perf_counter
    fn()
    times = []
    for _ in range(repeat):
        for _ in range(number):
            if sync:
                sync()
            start = clock()
            fn()
            if sync:
                sync()
            times.append(clock() - start)
    return min(times)
