def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    block = torch.sort(labels.repeat(times_each)).values
    return block.repeat(rounds)
