def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return masses[:, np.newaxis] * velocities**2 / 2
