def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    try:
        error = pred - target.reshape(pred.shape)
    except RuntimeError:
        raise ValueError("pred and target have different numbers of elements") from None
    return torch.mean(torch.square(error))
