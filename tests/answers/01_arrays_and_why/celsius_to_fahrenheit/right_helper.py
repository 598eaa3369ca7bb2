def fahrenheit_of(t):
    return t / 5 * 9 + 32


def celsius_to_fahrenheit(temps) -> np.ndarray:
    return fahrenheit_of(np.asarray(temps, dtype=np.float64))
