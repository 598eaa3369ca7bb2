def mean_any(t: torch.Tensor) -> torch.Tensor:
    if t.dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
        t = t.float()
    return t.mean()
