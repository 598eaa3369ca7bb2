def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return imgs * scales.mean(dim=1)[:, None, None, None]
