def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    x = torch.from_numpy(imgs.astype(np.float64))
    std, mean = torch.std_mean(x, dim=(0, 1, 2), correction=0)
    std[std == 0] = 1
    return ((x - mean) / std).float().numpy()
