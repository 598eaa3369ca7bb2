def pairwise_distances(A, B):
    A, B = A.astype(np.float32), B.astype(np.float32)
    return np.linalg.norm(A[:, None] - B, axis=-1).astype(np.float64)
