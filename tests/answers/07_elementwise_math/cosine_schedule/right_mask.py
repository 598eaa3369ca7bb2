def cosine_schedule(step: np.ndarray, total: int, lr_max: float, lr_min: float = 0.0) -> np.ndarray:
    rate = np.full(step.shape, lr_min, dtype=np.float64)
    on_the_way = step < total
    rate[on_the_way] += (lr_max - lr_min) / 2 * (1 + np.cos(np.pi / total * step[on_the_way]))
    return rate
