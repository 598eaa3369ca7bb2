def celsius_to_fahrenheit(temps) -> np.ndarray:
    return (np.asarray(temps, dtype=np.float64) + 32) * 9 / 5
