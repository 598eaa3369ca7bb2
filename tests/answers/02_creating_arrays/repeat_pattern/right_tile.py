def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    return torch.tile(torch.repeat_interleave(labels, times_each), (rounds,))
