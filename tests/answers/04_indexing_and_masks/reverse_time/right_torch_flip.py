def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return torch.flip(x, dims=[1])
