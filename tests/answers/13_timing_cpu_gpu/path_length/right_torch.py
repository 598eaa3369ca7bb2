def path_length(P: np.ndarray) -> float:
    points = torch.tensor(P, dtype=torch.float64)
    return torch.linalg.vector_norm(points.diff(dim=0), dim=1).sum().item()
