def unit_vector(v: np.ndarray) -> np.ndarray:
    t = torch.tensor(v, dtype=torch.float64)
    length = torch.linalg.vector_norm(t)
    return (t / length).numpy() if length > 0 else np.zeros(len(v))
