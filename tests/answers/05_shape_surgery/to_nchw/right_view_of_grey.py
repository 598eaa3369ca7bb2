def to_nchw(img: torch.Tensor) -> torch.Tensor:
    if len(img.shape) == 2:
        return img.unsqueeze(0).unsqueeze(0)
    return img.transpose(1, 2).transpose(0, 1).unsqueeze(dim=0)
