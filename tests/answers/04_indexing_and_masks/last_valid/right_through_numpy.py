def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    picked = x.numpy()[np.arange(x.shape[0]), lengths.numpy() - 1]
    return torch.from_numpy(picked)
