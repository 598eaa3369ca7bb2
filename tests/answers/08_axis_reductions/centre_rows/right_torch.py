def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    t = torch.from_numpy(X.astype(np.float64))
    return (t - t.mean(dim=1, keepdim=True)).numpy()
