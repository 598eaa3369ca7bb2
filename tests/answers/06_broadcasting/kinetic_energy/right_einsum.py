def kinetic_energy(masses: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    return np.einsum("m,v,v->mv", masses, velocities, velocities) / 2
