def to_nchw(img: torch.Tensor) -> torch.Tensor:
    batch = img[None]
    if img.ndim == 3:
        return torch.movedim(batch, -1, 1)
    return batch.unsqueeze(1)
