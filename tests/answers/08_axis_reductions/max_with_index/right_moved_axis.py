def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    y = np.moveaxis(x, axis, 0)
    indices = np.argmax(y, axis=0)
    values = np.max(y, axis=0)
    return values, indices
