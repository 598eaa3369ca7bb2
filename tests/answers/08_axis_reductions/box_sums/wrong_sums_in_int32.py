def box_sums(img: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    wide = np.float64 if img.dtype.kind == "f" else np.int32
    S = np.pad(img.astype(wide).cumsum(0, dtype=wide).cumsum(1, dtype=wide), ((1, 0), (1, 0)))
    r0, c0, r1, c1 = boxes.T
    return S[r1, c1] - S[r0, c1] - S[r1, c0] + S[r0, c0]
