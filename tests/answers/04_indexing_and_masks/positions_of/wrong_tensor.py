def positions_of(mask: np.ndarray) -> np.ndarray:
    return torch.nonzero(torch.from_numpy(mask))
