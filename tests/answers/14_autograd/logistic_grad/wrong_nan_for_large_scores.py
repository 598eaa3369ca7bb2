def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        e = np.exp(X @ w)
        p = e / (1 + e)
    return X.T @ (p - y) / len(y)
