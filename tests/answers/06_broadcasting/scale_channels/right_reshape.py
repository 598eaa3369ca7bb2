def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    n, c = scales.shape
    return imgs * scales.reshape(n, 1, 1, c)
