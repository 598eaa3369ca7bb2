def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x.fliplr()
