def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Normalise each channel of (N, C, H, W) over the batch, then scale by gamma and shift by beta."""
    t = torch.from_numpy
    return torch.nn.functional.batch_norm(t(x), None, None, t(gamma), t(beta), training=True, eps=eps).numpy()
