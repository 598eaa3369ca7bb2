def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        return img.unsqueeze(0).unsqueeze(-1)
    return img.permute(2, 0, 1).unsqueeze(0)
