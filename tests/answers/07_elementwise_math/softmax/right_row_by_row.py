def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    moved = np.moveaxis(z, axis, -1)
    out = np.zeros(moved.shape)
    for place in np.ndindex(*moved.shape[:-1]):
        row = moved[place] - np.max(moved[place])
        out[place] = np.exp(row) / np.exp(row).sum()
    return np.moveaxis(out, -1, axis)
