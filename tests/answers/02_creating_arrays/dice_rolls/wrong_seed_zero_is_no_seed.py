def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed if seed else None)
    return rng.integers(1, 7, size=(n_rolls, n_dice))
