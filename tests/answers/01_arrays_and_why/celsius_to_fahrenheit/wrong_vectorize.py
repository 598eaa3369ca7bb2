def celsius_to_fahrenheit(temps) -> np.ndarray:
    return np.vectorize(lambda t: t * 9 / 5 + 32, otypes=[np.float64])(temps)
