def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p - y) / len(y)
