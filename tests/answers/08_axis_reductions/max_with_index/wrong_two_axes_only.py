def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    if axis == 0:
        return x.max(axis=0), x.argmax(axis=0)
    return x.max(axis=1), x.argmax(axis=1)
