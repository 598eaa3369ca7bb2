def pairwise_distances(A, B):
    return np.sqrt((A[:, None, 0] - B[:, 0]) ** 2 + (A[:, None, 1] - B[:, 1]) ** 2)
