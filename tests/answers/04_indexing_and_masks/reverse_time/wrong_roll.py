def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x.roll(1, dims=1)
