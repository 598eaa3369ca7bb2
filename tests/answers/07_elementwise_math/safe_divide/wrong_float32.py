def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    quotient = torch.from_numpy(a).float() / torch.from_numpy(b).float()
    return torch.where(torch.from_numpy(b) == 0, fill, quotient).double().numpy()
