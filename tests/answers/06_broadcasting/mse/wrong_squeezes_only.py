def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    if pred.numel() != target.numel():
        raise ValueError("different numbers of elements")
    return ((pred.squeeze() - target.squeeze()) ** 2).mean()
