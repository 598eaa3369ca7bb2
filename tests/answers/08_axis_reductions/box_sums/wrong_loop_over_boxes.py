def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    return np.array([img[r0:r1, c0:c1].sum() for r0, c0, r1, c1 in boxes])
