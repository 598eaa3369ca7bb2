def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = np.exp(-np.logaddexp(0, -X.dot(w)))
    return np.einsum("n,nd->d", p - y, X) / len(X)
