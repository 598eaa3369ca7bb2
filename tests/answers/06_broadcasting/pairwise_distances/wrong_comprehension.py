def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.array([np.linalg.norm(B - a, axis=1) for a in A]).reshape(len(A), len(B))
