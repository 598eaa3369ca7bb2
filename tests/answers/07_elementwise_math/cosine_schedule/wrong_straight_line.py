def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    return lr_max - (lr_max - lr_min) * np.minimum(step, total) / total
