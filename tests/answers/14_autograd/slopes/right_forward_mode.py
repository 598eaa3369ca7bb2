def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    _, tangent = torch.func.jvp(fn, (xs,), (torch.ones_like(xs),))
    return tangent
