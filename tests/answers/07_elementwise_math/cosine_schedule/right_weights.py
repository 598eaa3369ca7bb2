def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    w = 0.5 * (1 + np.cos(np.minimum(step, total) * np.pi / total))
    return w * lr_max + (1 - w) * lr_min
