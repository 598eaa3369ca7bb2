def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    S = np.pad(img.astype(float), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    boxes[:, 2:] -= boxes[:, :2]
    r0, c0, height, width = boxes.T
    r1, c1 = r0 + height, c0 + width
    return S[r1, c1] - S[r0, c1] - S[r1, c0] + S[r0, c0]
