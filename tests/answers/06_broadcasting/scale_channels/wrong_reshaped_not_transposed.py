def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    n, h, w, c = imgs.shape
    return (imgs.reshape(h, w, n, c) * scales).reshape(n, h, w, c)
