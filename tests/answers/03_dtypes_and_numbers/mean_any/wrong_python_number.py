def mean_any(t: torch.Tensor) -> torch.Tensor:
    return (t if t.is_floating_point() else t.float()).mean().item()
