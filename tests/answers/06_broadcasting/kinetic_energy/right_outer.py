def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return np.outer(masses, velocities**2) * 0.5
