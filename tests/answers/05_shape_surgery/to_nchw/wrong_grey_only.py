def to_nchw(img: torch.Tensor) -> torch.Tensor:
    return img.unsqueeze(0).unsqueeze(0)
