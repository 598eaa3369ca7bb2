def repeat_pattern(labels, times_each, rounds):
    return torch.unique(labels).repeat_interleave(times_each).repeat(rounds)
