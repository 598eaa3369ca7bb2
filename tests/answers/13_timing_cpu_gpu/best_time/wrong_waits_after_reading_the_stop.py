def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    clock = clock or time.perf_counter
    fn()
    rounds = []
    for _ in range(repeat):
        if sync:
            sync()
        start = clock()
        for _ in range(number):
            fn()
        stop = clock()
        if sync:
            sync()
        rounds.append(stop - start)
    return min(rounds) / number
