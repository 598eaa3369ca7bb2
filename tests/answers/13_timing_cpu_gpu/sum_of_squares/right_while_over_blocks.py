def sum_of_squares(n: int) -> int:
    total, start = 0, 0
    while start < n:
        block = torch.arange(start, min(start + 5000, n))
        total += block.pow(2).sum().item()
        start += 5000
    return total
