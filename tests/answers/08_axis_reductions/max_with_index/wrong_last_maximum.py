def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    y = np.flip(x, axis)
    return x.max(axis=axis), x.shape[axis] - 1 - y.argmax(axis=axis)
