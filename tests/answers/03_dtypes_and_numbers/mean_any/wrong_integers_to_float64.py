def mean_any(t: torch.Tensor) -> torch.Tensor:
    return t.mean() if t.is_floating_point() else t.double().mean()
