def add_lists(a: list, b: list) -> np.ndarray:
    if len(a) != len(b):
        raise ValueError("the lists must be equally long")
    left, right = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
    return (left + right).numpy()
