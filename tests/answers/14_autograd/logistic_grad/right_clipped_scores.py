def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    z = np.clip(X @ w, -500, 500)
    p = 1 / (1 + np.exp(-z))
    return (p - y) @ X / X.shape[0]
