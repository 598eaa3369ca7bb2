def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    p, t = pred.ravel(), target.ravel()
    if len(p) != len(t):
        raise ValueError(f"{len(p)} predictions, {len(t)} targets")
    d = p - t
    return d @ d / len(d)
