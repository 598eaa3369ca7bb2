def last_valid(x, lengths):
    return x[lengths - 1, torch.arange(len(x))]
