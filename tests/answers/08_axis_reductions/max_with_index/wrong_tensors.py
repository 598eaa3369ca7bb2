def max_with_index(x: np.ndarray, axis: int) -> tuple:
    """Return the maxima of x along an axis and the first index at which each occurs."""
    pair = torch.from_numpy(x).max(dim=axis)
    return pair.values, pair.indices
