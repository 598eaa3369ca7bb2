def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(1, 7, (n_rolls, n_dice), generator=generator).numpy()
