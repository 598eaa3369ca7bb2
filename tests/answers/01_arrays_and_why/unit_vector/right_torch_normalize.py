def unit_vector(v: np.ndarray) -> np.ndarray:
    return torch.nn.functional.normalize(torch.tensor(v, dtype=torch.float64), dim=0).numpy()
