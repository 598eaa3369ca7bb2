def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    velocities **= 2
    return 0.5 * masses[:, None] * velocities
