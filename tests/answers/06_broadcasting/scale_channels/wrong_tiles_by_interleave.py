def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    n, h, w, c = imgs.shape
    return imgs * scales.repeat_interleave(h * w, dim=0).reshape(n, h, w, c)
