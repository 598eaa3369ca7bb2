def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    done = torch.clamp(torch.tensor(step) / total, max=1.0)
    return (lr_min + (lr_max - lr_min) * (1 + torch.cos(torch.pi * done)) / 2).numpy().astype(np.float64)
