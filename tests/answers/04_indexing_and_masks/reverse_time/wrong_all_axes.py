def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x.flip(0, 1, 2)
