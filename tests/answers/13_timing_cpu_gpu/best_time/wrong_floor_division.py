def best_time(fn, repeat=5, number=10, sync=None, clock=None):
    clock = clock or time.perf_counter
    fn()
    rounds = []
    for _ in range(repeat):
        if sync:
            sync()
        start = clock()
        for _ in range(number):
            fn()
        if sync:
            sync()
        rounds.append(clock() - start)
    return min(rounds) // number
