def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.shape[-1] == 3:
        return img.permute(2, 0, 1)[None]
    return img[None, None]
