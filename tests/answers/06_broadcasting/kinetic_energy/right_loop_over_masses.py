def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    table = np.zeros((len(masses), len(velocities)))
    for i, m in enumerate(masses):
        table[i] = 0.5 * m * velocities**2
    return table
