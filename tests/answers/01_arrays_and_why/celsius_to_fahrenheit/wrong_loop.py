def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.array([t * 9 / 5 + 32 for t in np.asarray(temps, dtype=np.float64)])
