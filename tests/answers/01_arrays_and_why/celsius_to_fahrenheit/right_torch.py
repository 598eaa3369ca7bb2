def celsius_to_fahrenheit(temps) -> np.ndarray:
    t = torch.tensor(np.asarray(temps), dtype=torch.float64)
    return (t * 9 / 5 + 32).numpy()
