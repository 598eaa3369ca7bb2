import math


def unit_vector(v: np.ndarray) -> np.ndarray:
    length = math.hypot(*v.tolist())
    return np.array([x / length if length else 0.0 for x in v.tolist()])
