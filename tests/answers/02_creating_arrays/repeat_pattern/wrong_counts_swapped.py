def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    return labels.repeat_interleave(rounds).repeat(times_each)
