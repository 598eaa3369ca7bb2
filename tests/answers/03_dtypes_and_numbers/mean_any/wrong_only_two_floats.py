def mean_any(t: torch.Tensor) -> torch.Tensor:
    if t.dtype not in (torch.float32, torch.float64):
        t = t.float()
    return t.mean()
