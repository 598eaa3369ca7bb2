def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    S = np.zeros((img.shape[0] + 1, img.shape[1] + 1), dtype=img.sum().dtype)
    S[1:, 1:] = np.cumsum(np.cumsum(img, axis=1), axis=0)
    rows = boxes[:, [2, 0, 2, 0]]
    columns = boxes[:, [3, 3, 1, 1]]
    return S[rows, columns] @ np.array([1, -1, -1, 1]).astype(S.dtype)
