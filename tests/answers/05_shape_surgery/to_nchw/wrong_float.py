def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        return img[None, None].float()
    return img.permute(2, 0, 1)[None].float()
