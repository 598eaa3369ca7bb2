def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    return labels.repeat(rounds).repeat_interleave(times_each)
