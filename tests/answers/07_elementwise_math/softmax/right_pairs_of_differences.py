def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    column = np.expand_dims(np.moveaxis(z, axis, -1), -1)
    row = np.expand_dims(np.moveaxis(z, axis, -1), -2)
    with np.errstate(over="ignore"):
        shares = 1 / np.exp(row - column).sum(axis=-1)
    return np.moveaxis(shares, -1, axis)
