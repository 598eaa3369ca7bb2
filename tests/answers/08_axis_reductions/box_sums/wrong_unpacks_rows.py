def box_sums(img, boxes):
    S = np.pad(img.astype(np.float64), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    r0, c0, r1, c1 = boxes
    return S[r1, c1] - S[r0, c1] - S[r1, c0] + S[r0, c0]
