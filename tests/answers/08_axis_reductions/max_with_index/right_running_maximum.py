def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    y = np.moveaxis(x, axis, 0)
    values, indices = y[0].copy(), np.zeros(y.shape[1:], dtype=np.int32)
    for i in range(1, len(y)):
        better = y[i] > values
        values = np.where(better, y[i], values)
        indices = np.where(better, i, indices)
    return values, indices
