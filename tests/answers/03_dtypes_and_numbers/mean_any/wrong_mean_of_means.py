def mean_any(t: torch.Tensor) -> torch.Tensor:
    t = t if t.is_floating_point() else t.float()
    return torch.stack([row.sum() for row in t]).mean()
