def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    result = torch.zeros(rounds, len(labels), times_each)
    result[:] = labels[None, :, None]
    return result.flatten()
