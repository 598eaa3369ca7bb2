def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    z = np.clip(X @ w, -500, 500)
    p = 1 / (1 + np.exp(-z))
    slope_of_p = p * (1 - p)
    slope_of_loss = (p - y) / (p * (1 - p))
    return X.T @ (slope_of_loss * slope_of_p) / len(y)
