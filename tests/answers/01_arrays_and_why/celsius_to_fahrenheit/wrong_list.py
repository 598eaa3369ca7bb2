def celsius_to_fahrenheit(temps) -> np.ndarray:
    return (np.array(temps, dtype=np.float64) * 9 / 5 + 32).tolist()
