def centre_rows(X):
    X = X.astype(float)
    return X.mean(1, keepdims=True) - X
