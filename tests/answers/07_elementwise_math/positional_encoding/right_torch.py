def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    position = torch.arange(n_pos, dtype=torch.float64).unsqueeze(1)
    angle = position / 10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    return torch.stack((angle.sin(), angle.cos()), dim=2).flatten(1).numpy()
