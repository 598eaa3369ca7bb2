def sum_of_squares(n: int) -> int:
    total = 0
    for start in range(0, n, 8192):
        block = np.arange(start, min(start + 8192, n))
        total += int(np.vdot(block, block))
    return total
