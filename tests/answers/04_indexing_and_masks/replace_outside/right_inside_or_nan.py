def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    keep = ((x >= low) & (x <= high)) | np.isnan(x)
    return np.where(keep, x, fill)
