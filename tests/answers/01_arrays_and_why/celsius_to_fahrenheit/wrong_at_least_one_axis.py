def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.atleast_1d(np.array(temps, dtype=np.float64)) * 9 / 5 + 32
