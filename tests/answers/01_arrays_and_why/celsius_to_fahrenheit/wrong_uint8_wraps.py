def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.asarray(np.asarray(temps) * 9 / 5 + 32, dtype=np.float64)
