def rows(batch):
    return torch.arange(batch.size(0))


def last_valid(x, lengths):
    return x[rows(x), lengths - 1, :]
