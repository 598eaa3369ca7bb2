def checkerboard(n):
    return ((torch.arange(n)[:, None] + torch.arange(n)) % 2).numpy()
