def kinetic_energy(masses, velocities):
    return np.round(0.5 * masses[:, None] * velocities**2, 2)
