def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    part = np.clip(step / total, 0, 1)
    return lr_min + (lr_max - lr_min) * np.cos(np.pi * part / 2) ** 2
