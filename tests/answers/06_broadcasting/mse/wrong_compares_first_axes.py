def mse(pred, target):
    if len(pred) != len(target):
        raise ValueError
    return ((pred.reshape(-1) - target.reshape(-1)) ** 2).mean()
