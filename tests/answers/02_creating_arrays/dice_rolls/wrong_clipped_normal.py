def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    normal = np.random.default_rng(seed).normal(3.5, 1.5, (n_rolls, n_dice))
    return np.clip(np.rint(normal), 1, 6).astype(int)
