def population_std(t, dim):
    return ((t**2).mean(dim) - t.mean(dim) ** 2).sqrt()
