def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    parts = []
    for _ in range(rounds):
        for label in labels:
            parts.append(label.repeat(times_each))
    return torch.cat(parts)
