def kinetic_energy(masses, velocities):
    return masses[:, None] * velocities * abs(velocities) / 2
