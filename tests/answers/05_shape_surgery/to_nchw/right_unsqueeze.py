def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if img.dim() == 2:
        img = img.unsqueeze(-1)
    return img.permute(2, 0, 1).unsqueeze(0)
