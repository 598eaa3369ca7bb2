def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return x.numpy()[np.arange(len(lengths)), lengths.numpy() - 1]
