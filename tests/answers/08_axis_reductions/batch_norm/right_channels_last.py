def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Normalise each channel of (N, C, H, W) over the batch, then scale by gamma and shift by beta."""
    y = np.moveaxis(x, 1, -1)
    flat = y.reshape(-1, y.shape[-1])
    flat = (flat - flat.mean(0)) / np.sqrt(flat.var(0) + eps) * gamma + beta
    return np.moveaxis(flat.reshape(y.shape), -1, 1)
