def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    y = np.moveaxis(x, axis, 0)
    values, indices = np.zeros(y.shape[1:], x.dtype), np.zeros(y.shape[1:], int)
    for i in range(len(y)):
        better = y[i] > values
        values[better] = y[i][better]
        indices[better] = i
    return values, indices
