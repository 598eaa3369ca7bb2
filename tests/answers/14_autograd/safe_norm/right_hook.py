def safe_norm(x: torch.Tensor) -> torch.Tensor:
    s = x.square().sum()
    r = s.sqrt()
    if s.requires_grad:
        s.register_hook(lambda g: torch.nan_to_num(g, nan=0.0, posinf=0.0, neginf=0.0))
    return r
