def mean_any(t):
    kept = t.dtype if t.dtype.is_floating_point else torch.float32
    return t.double().mean().to(kept)
