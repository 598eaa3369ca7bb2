def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    rates = []
    for one in step.ravel():
        one = min(one, total)
        rates.append(lr_min + (lr_max - lr_min) * (1 + np.cos(np.pi * one / total)) / 2)
    return np.array(rates, dtype=float).reshape(step.shape)
