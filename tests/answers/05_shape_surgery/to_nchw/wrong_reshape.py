def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        return img[None, None]
    h, w, c = img.shape
    return img.reshape(1, c, h, w)
