def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    clock = clock or time.perf_counter
    fn()
    rounds = []
    for _ in range(repeat):
        torch.cuda.synchronize() if torch.cuda.is_available() else None
        start = clock()
        for _ in range(number):
            fn()
        torch.cuda.synchronize() if torch.cuda.is_available() else None
        rounds.append(clock() - start)
    return min(rounds) / number
