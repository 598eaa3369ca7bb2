def safe_norm(x: torch.Tensor) -> torch.Tensor:
    length = (x.detach() ** 2).sum().sqrt()
    direction = x.detach() / torch.where(length > 0, length, 1.0)
    return (x * direction).sum()
