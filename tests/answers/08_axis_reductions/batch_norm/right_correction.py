def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Normalise each channel of (N, C, H, W) over the batch, then scale by gamma and shift by beta."""
    mean = np.mean(x, axis=(0, 2, 3), keepdims=True)
    var = np.var(x, axis=(0, -2, -1), keepdims=True, ddof=0)
    out = x - mean
    out /= np.sqrt(var + eps)
    out *= np.expand_dims(gamma, (1, 2))
    out += np.expand_dims(beta, (1, 2))
    return out
