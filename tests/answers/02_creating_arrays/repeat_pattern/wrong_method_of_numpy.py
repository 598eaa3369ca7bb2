def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    return labels.repeat(times_each, axis=0).tile(rounds)
