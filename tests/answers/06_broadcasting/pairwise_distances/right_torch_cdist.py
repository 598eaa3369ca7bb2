def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    first, second = torch.from_numpy(A.astype(float)), torch.from_numpy(B.astype(float))
    return torch.cdist(first, second).numpy()
