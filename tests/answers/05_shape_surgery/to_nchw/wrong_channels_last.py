def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        img = img.unsqueeze(-1)
    return img.unsqueeze(0)
