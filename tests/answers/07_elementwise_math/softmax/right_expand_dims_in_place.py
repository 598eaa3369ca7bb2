def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    e = z - np.expand_dims(np.amax(z, axis), axis)
    np.exp(e, out=e)
    e /= np.expand_dims(np.add.reduce(e, axis), axis)
    return e
