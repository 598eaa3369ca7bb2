def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    where = x.argmax(axis=axis, keepdims=True)
    return np.take_along_axis(x, where, axis=axis).squeeze(axis), where.squeeze(axis)
