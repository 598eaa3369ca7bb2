def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    if pred.numel() != target.numel():
        raise ValueError("different numbers of elements")

    if pred.ndim == 2:
        pred = pred.T
    return ((pred.reshape(-1) - target.reshape(-1)) ** 2).mean()
