def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    tick = time.perf_counter if clock is None else clock
    fn()
    if sync is not None:
        sync()
    rounds = np.empty(repeat)
    for r in range(repeat):
        if sync is not None:
            sync()
        t0 = tick()
        i = 0
        while i < number:
            fn()
            i += 1
        if sync is not None:
            sync()
        rounds[r] = tick() - t0
    return rounds.min().item() / number
