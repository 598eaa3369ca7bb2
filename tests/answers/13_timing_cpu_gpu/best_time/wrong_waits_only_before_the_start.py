def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    clock = clock or time.perf_counter
    fn()
    rounds = []
    for _ in range(repeat):
        sync() if sync else None
        start = clock()
        for _ in range(number):
            fn()
        rounds.append(clock() - start)
    return min(rounds) / number
