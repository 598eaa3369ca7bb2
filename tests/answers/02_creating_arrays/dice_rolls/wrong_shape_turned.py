def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 7, size=(n_dice, n_rolls))
