def celsius_to_fahrenheit(temps) -> np.ndarray:
    return (torch.tensor(temps) * 9 / 5 + 32).numpy()
