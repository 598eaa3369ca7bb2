def logistic_grad(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    X, w, y = torch.tensor(X).float(), torch.tensor(w).float(), torch.tensor(y).float()
    return ((torch.sigmoid(X @ w) - y) @ X / len(y)).numpy().astype(np.float64)
