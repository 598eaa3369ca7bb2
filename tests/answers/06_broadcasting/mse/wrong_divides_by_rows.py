def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    if pred.numel() != target.numel():
        raise ValueError("different numbers of elements")

    squares = (pred.reshape(-1) - target.reshape(-1)) ** 2
    return squares.sum() / (pred.shape[0] if pred.ndim else 1)
