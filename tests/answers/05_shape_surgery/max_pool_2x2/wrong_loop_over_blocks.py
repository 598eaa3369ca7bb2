def max_pool_2x2(x: np.ndarray) -> np.ndarray:
    h, w = x.shape
    if h % 2 or w % 2:
        raise ValueError("H and W must be even")

    result = np.empty((h // 2, w // 2), dtype=x.dtype)
    for i in range(h // 2):
        for j in range(w // 2):
            result[i, j] = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return result
