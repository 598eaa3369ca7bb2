def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        return torch.stack([img])[None]
    return torch.stack([img[:, :, c] for c in range(img.shape[2])])[None]
