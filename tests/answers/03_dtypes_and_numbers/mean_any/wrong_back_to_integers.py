def mean_any(t: torch.Tensor) -> torch.Tensor:
    return t.double().mean().to(t.dtype)
