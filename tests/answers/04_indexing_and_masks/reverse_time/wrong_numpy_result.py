def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return np.flip(x.numpy(), axis=1)
