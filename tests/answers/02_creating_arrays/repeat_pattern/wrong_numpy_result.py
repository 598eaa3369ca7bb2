def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    return np.tile(np.repeat(labels.numpy(), times_each), rounds)
