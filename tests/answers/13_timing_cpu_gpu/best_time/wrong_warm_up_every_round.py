def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    clock = clock or time.perf_counter
    rounds = []
    for _ in range(repeat):
        fn()
        sync() if sync else None
        start = clock()
        for _ in range(number):
            fn()
        sync() if sync else None
        rounds.append(clock() - start)
    return min(rounds) / number
