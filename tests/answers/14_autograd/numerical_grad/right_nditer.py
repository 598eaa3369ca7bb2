def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    def at(index, shift):
        moved = np.array(x, dtype="float64")
        moved[index] += shift
        return float(fn(moved))

    result = np.empty(x.shape, dtype=float)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        result[it.multi_index] = (at(it.multi_index, eps) - at(it.multi_index, -eps)) / (2 * eps)
        it.iternext()
    return result
