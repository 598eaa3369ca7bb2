def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    S = np.pad(img, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    r0, c0, r1, c1 = boxes.T
    sums = [S[d, r] - S[u, r] - S[d, l] + S[u, l] for u, l, d, r in zip(r0, c0, r1, c1)]
    return np.array(sums, dtype=S.dtype)
