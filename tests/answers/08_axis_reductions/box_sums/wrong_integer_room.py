def box_sums(img, boxes):
    S = np.zeros((img.shape[0] + 1, img.shape[1] + 1), dtype=int)
    S[1:, 1:] = img.cumsum(0).cumsum(1)
    r0, c0, r1, c1 = boxes.T
    return S[r1, c1] - S[r0, c1] - S[r1, c0] + S[r0, c0]
