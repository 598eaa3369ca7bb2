def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sum of img[r0:r1, c0:c1] for each box r0, c0, r1, c1."""
    H, W = img.shape
    S = np.zeros((H + 1, W + 1), dtype=np.float64 if img.dtype.kind == "f" else np.int64)
    for r in range(H):
        for c in range(W):
            S[r + 1, c + 1] = S[r, c + 1] + S[r + 1, c] - S[r, c] + img[r, c].item()
    top, left, bottom, right = boxes.T
    return S[bottom, right] - S[top, right] - S[bottom, left] + S[top, left]
