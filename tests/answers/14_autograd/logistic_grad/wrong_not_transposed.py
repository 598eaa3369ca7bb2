def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X @ (p - y) / len(y)
