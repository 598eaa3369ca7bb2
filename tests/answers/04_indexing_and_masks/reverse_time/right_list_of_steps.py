def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return torch.stack(list(x.unbind(1))[::-1], dim=1)
