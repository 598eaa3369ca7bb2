def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return scales[:, None, None, :].expand_as(imgs) * imgs
