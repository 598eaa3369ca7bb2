def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Normalise each channel of (N, C, H, W) over the batch, then scale by gamma and shift by beta."""
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        part = x[:, c]
        y[:, c] = gamma[c] * (part - part.mean()) / np.sqrt(part.std() ** 2 + eps) + beta[c]
    return y
