def repeat_pattern(labels, times_each, rounds):
    block = torch.stack([labels] * times_each, dim=1).flatten()
    return torch.cat([block] * rounds)
