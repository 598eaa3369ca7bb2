def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    if pred.numel() != target.numel():
        raise ValueError("different numbers of elements")
    return (pred.reshape(-1) - target.reshape(-1)).abs().mean()
