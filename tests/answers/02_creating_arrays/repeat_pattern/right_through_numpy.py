def repeat_pattern(labels: torch.Tensor, times_each: int, rounds: int) -> torch.Tensor:
    block = np.repeat(labels.numpy(), times_each)
    return torch.from_numpy(np.tile(block, rounds))
