def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return 0.5 * (masses[:, None] * velocities) ** 2
