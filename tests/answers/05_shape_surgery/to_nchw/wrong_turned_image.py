def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        return img[None, None]
    return img.permute(2, 1, 0)[None]
