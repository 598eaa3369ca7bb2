def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return imgs * scales[:, None, None]
