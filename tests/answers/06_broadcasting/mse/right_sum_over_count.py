def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    n = target.numel()
    if pred.numel() != n:
        raise ValueError("sizes differ")
    error = pred.contiguous().view(n) - target.contiguous().view(n)
    return torch.sum(error * error) / n
