def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x.transpose(0, 1).flip(0).transpose(0, 1)
