def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.array(temps, dtype=int) * 9 / 5 + 32
