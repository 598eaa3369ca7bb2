def mean_any(t: torch.Tensor) -> torch.Tensor:
    return t.sum() // t.numel()
