def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return torch.stack([img * scale for img, scale in zip(imgs, scales)])
