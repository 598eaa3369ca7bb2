from itertools import zip_longest


def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    pairs = list(zip_longest(reversed(s1), reversed(s2), fillvalue=1))
    if any(m != n and m != 1 and n != 1 for m, n in pairs):
        raise ValueError(f"{s1} and {s2} are incompatible")
    return tuple(n if m == 1 else m for m, n in pairs)[::-1]
