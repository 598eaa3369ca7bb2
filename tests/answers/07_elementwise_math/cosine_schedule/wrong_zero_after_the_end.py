def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    return np.where(step > total, 0.0, lr_min + (lr_max - lr_min) * (1 + np.cos(np.pi * step / total)) / 2)
