def round_half_up(x, decimals=0):
    s = 10**decimals
    return (torch.floor(torch.tensor(x) * s + 0.5) / s).numpy()
