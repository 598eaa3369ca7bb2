def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    values = np.amax(x, axis)
    equal = x == np.expand_dims(values, axis)
    return values, np.argmax(equal, axis)
