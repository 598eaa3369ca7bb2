def mean_any(t):
    flat = t.reshape(-1)
    if flat.dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        return flat.mean(dim=0)
    return flat.float().mean(dim=0)
