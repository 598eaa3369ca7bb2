def checkerboard(n: int) -> np.ndarray:
    board = np.zeros((n, n), dtype=np.int64)
    board[::2, 1::2] = 1
    board[1::2, ::2] = 1
    return board
