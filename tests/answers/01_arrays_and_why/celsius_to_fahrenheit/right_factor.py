def celsius_to_fahrenheit(temps) -> np.ndarray:
    return 1.8 * np.array(temps, dtype=float) + 32.0
