def repeat_pattern(labels, times_each, rounds):
    n = len(labels)
    return labels[(torch.arange(n * times_each * rounds) // times_each) % n]
