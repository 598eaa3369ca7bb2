def sigmoid(z):
    p = np.empty(z.shape)
    high = z >= 0
    p[high] = 1 / (1 + np.exp(-z[high]))
    p[~high] = np.exp(z[~high]) / (1 + np.exp(z[~high]))
    return p


def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.dot(X.T, sigmoid(X @ w) - y) / y.shape[0]
