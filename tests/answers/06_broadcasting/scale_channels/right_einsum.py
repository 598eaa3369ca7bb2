def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return torch.einsum("nhwc,nc->nhwc", imgs, scales)
