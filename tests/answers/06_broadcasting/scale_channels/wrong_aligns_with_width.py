def scale_channels(imgs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return imgs * scales.reshape(1, 1, *scales.shape)
