def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.ndim == 2:
        img = img[:, :, None]
    return torch.einsum("hwc->chw", img)[None]
