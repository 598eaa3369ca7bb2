def last_valid(x, lengths):
    return x[torch.arange(len(x)), -lengths]
