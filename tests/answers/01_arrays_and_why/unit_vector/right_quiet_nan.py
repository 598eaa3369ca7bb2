def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(v / np.sqrt(v @ v))
