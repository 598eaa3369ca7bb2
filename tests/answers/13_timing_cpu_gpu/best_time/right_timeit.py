import timeit


def best_time(fn, repeat: int = 5, number: int = 10, sync=None, clock=None) -> float:
    def timer():
        if sync is not None:
            sync()
        return (clock or time.perf_counter)()

    fn()
    return min(timeit.Timer(fn, timer=timer).repeat(repeat, number)) / number
