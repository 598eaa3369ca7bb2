def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return np.squeeze(0.5 * masses[:, None] * velocities**2)
