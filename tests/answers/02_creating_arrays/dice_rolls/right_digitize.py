def dice_rolls(n_rolls, n_dice, seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    return np.digitize(rng.random((n_rolls, n_dice)), np.arange(1, 6) / 6) + 1
