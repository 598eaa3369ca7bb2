def mse(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    if pred.numel() != target.numel():
        raise ValueError("different numbers of elements")

    pred.resize_(target.shape)
    return pred.sub_(target).pow_(2).mean()
