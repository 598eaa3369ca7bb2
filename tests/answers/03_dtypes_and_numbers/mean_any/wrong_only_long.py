def mean_any(t: torch.Tensor) -> torch.Tensor:
    if t.dtype == torch.int64:
        t = t.float()
    return t.mean()
