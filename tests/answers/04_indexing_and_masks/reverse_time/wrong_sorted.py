def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x.sort(dim=1, descending=True).values
