def celsius_to_fahrenheit(temps) -> np.ndarray:
    scaled = np.multiply(np.asarray(temps).astype(np.float64), 9.0)
    return np.add(np.divide(scaled, 5.0), 32.0)
