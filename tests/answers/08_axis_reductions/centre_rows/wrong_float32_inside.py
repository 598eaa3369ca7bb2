def centre_rows(X):
    X = X.astype(np.float32)
    return (X - X.mean(axis=1, keepdims=True)).astype(np.float64)
