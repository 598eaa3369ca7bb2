def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    return np.rint(np.random.default_rng(seed).uniform(1, 6, (n_rolls, n_dice))).astype(int)
