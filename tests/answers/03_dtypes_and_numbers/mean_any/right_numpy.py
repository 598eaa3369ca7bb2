def mean_any(t):
    kept = t.dtype if t.is_floating_point() else torch.float32
    return torch.tensor(float(np.mean(t.to(torch.float64).numpy())), dtype=kept)
