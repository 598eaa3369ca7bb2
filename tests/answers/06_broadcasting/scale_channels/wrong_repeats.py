def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    n, h, w, c = imgs.shape
    return imgs * scales.reshape(n, 1, 1, c).repeat(1, h, w, 1)
