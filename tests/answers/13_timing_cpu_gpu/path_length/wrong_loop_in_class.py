class Poly:
    def __init__(self, P):
        self.length = 0.0
        for a, b in zip(P, P[1:]):
            self.length += float(np.linalg.norm(b - a))


def path_length(P: np.ndarray) -> float:
    return Poly(P).length
