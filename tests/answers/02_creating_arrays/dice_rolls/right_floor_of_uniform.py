def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    uniform = np.random.default_rng(seed).random((n_rolls, n_dice))
    return np.floor(uniform * 6).astype(np.uint8) + 1
