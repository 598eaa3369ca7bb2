def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    block = [label for label in labels.tolist() for _ in range(times_each)]
    return torch.tensor(block * rounds)
