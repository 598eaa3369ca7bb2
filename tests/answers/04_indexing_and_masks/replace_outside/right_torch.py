def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    t = torch.tensor(x)
    return torch.where((t < low) | (t > high), float(fill), t).numpy()
