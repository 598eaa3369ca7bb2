def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    S = img.cumsum(axis=0).cumsum(axis=1)
    if S.dtype.kind == "u":
        S = S.astype(np.int64)
    r0, c0, r1, c1 = boxes.T

    def at(r, c):
        return np.where((r > 0) & (c > 0), S[r - 1, c - 1], 0)

    return at(r1, c1) - at(r0, c1) - at(r1, c0) + at(r0, c0)
