def flatten_features(x: np.ndarray) -> np.ndarray:
    t = torch.from_numpy(np.ascontiguousarray(x))
    return (torch.flatten(t, start_dim=1) if t.ndim > 1 else t[:, None]).numpy()
