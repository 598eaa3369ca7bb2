def to_nchw(img: torch.Tensor) -> torch.Tensor:
    return torch.atleast_3d(img).permute(2, 0, 1)[None, ...]
