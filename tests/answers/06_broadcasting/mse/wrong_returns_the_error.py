def mse(pred, target):
    if pred.numel() != target.numel():
        return ValueError("different numbers")
    return ((pred.reshape(-1) - target.reshape(-1)) ** 2).mean()
