def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    return labels[None, :, None].expand(rounds, len(labels), times_each).reshape(-1)
