def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        h, w = img.shape
        return img.view(1, 1, h, w)
    return img.permute(2, 0, 1).unsqueeze(0)
