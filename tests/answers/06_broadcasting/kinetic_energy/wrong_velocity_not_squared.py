def kinetic_energy(masses, velocities):
    return masses[:, None] * velocities / 2
