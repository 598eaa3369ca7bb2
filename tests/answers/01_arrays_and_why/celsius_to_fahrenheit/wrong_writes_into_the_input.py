def celsius_to_fahrenheit(temps) -> np.ndarray:
    temps = np.asarray(temps, dtype=np.float64)
    temps *= 9 / 5
    temps += 32
    return temps
