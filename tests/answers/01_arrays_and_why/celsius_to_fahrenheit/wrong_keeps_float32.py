def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.asarray(temps) * 1.8 + 32
