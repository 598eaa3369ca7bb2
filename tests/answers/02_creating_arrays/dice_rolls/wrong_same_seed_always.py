def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    return np.random.default_rng(0).integers(1, 7, size=(n_rolls, n_dice))
