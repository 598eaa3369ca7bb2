def mean_any(t: torch.Tensor) -> torch.Tensor:
    mean = t.float().mean()
    return mean.to(t.dtype) if t.is_floating_point() else mean
