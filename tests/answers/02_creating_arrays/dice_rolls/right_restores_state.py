def dice_rolls(n_rolls, n_dice, seed):
    before = np.random.get_state()
    np.random.seed(seed)
    rolls = np.random.randint(1, 7, (n_rolls, n_dice))
    np.random.set_state(before)
    return rolls
