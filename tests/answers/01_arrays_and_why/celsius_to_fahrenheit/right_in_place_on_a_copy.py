def celsius_to_fahrenheit(temps) -> np.ndarray:
    result = np.array(temps, dtype=np.float64)
    result *= 9
    result /= 5
    result += 32
    return result
