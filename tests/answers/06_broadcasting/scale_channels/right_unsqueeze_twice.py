def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return imgs.mul(scales.unsqueeze(1).unsqueeze(1))
