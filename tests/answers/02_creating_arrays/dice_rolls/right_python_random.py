import random


def dice_rolls(n_rolls, n_dice, seed):
    source = random.Random(seed)
    return np.array([[source.randint(1, 6) for _ in range(n_dice)] for _ in range(n_rolls)])
