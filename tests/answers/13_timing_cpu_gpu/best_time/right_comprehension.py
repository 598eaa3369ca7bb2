from time import perf_counter


def one_round(fn, number, sync, clock):
    sync()
    start = clock()
    for _ in range(number):
        fn()
    sync()
    return (clock() - start) / number


def best_time(fn, repeat=5, number=10, sync=None, clock=None):
    wait = sync if sync is not None else lambda: None
    fn()
    return float(min(one_round(fn, number, wait, clock or perf_counter) for _ in range(repeat)))
