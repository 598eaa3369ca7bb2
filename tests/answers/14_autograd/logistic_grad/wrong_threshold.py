def logistic_grad(w, X, y):
    p = (X @ w > 0).astype(float)
    return X.T @ (p - y) / len(y)
