def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    S = np.pad(img, ((1, 0), (1, 0))).astype(np.float32).cumsum(0).cumsum(1)
    r0, c0, r1, c1 = boxes.T
    return S[r1, c1] - S[r0, c1] - S[r1, c0] + S[r0, c0]
