def max_pool_2x2(x: np.ndarray) -> np.ndarray:
    h, w = x.shape
    if any(size % 2 for size in x.shape):
        raise ValueError(x.shape)
    rows = x.reshape(h // 2, 2, w).max(axis=1)
    return rows.reshape(h // 2, w // 2, 2).max(axis=-1)
