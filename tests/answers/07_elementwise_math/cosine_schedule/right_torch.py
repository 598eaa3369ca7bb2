def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    part = torch.from_numpy(step).double().div(total).clamp(max=1)
    return (lr_min + (lr_max - lr_min) * (1 + torch.cos(torch.pi * part)) / 2).numpy()
