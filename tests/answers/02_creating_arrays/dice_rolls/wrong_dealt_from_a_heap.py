def dice_rolls(n_rolls, n_dice, seed):
    rng = np.random.default_rng(seed)
    faces = np.arange(n_rolls * n_dice) % 6 + 1
    return rng.permutation(faces).reshape(n_rolls, n_dice)
