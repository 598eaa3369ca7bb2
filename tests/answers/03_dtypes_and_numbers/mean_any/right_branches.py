def mean_any(t: torch.Tensor) -> torch.Tensor:
    if torch.is_floating_point(t):
        return torch.mean(t)
    return torch.mean(t, dtype=torch.float32)
