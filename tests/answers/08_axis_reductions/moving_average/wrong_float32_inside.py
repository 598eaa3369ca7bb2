def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    windows = torch.tensor(x).float().unfold(0, k, 1)
    return windows.mean(dim=1).numpy().astype(np.float64)
