def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x.flatten().flip(0).reshape(x.shape)
