def dice_rolls(n_rolls: int, n_dice: int, seed: int) -> np.ndarray:
    np.random.seed(seed)
    return np.random.randint(1, 7, size=(n_rolls, n_dice))
