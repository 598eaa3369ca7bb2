def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    return np.random.RandomState(seed).randint(1, 7, size=(n_rolls, n_dice))
