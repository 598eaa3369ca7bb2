def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    return np.floor(np.random.default_rng(seed).random((n_rolls, n_dice)) * 6) + 1
