def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return masses[:, None] * velocities**2.0
