def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return masses.reshape(-1, 1) @ (0.5 * velocities**2).reshape(1, -1)
