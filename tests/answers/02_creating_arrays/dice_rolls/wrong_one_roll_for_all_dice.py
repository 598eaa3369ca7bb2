def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.repeat(rng.integers(1, 7, size=(n_rolls, 1)), n_dice, axis=1)
