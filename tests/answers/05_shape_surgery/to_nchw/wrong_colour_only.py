def to_nchw(img: torch.Tensor) -> torch.Tensor:
    return img.permute(2, 0, 1).unsqueeze(0)
