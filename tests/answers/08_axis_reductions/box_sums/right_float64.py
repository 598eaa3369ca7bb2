def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    S = np.zeros(np.array(img.shape) + 1)
    S[1:, 1:] = img.astype(np.float64).cumsum(axis=0).cumsum(axis=1)
    r0, c0, r1, c1 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
    return S[r1, c1] - S[r0, c1] - S[r1, c0] + S[r0, c0]
