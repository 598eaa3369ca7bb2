def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).integers(1, 7, size=(n_rolls, n_dice)), axis=1)
