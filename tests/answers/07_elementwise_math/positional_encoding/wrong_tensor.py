def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    position = torch.arange(n_pos).unsqueeze(1)
    angle = position / 10000 ** (torch.arange(0, d, 2) / d)
    return torch.stack((angle.sin(), angle.cos()), dim=2).flatten(1)
