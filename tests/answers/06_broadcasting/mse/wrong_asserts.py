def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    assert pred.numel() == target.numel()
    return ((pred.reshape(-1) - target.reshape(-1)) ** 2).mean()
