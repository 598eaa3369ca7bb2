def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.round(np.asarray(temps, dtype=np.float64) * 9 / 5 + 32, 1)
