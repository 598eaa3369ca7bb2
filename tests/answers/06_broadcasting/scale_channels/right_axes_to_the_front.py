def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return (imgs.permute(1, 2, 0, 3) * scales).permute(2, 0, 1, 3)
