def checkerboard(n: int) -> np.ndarray:
    board = np.zeros((n, n), dtype=np.int64)
    for i in range(n):
        for j in range(n):
            board[i, j] = (i + j) % 2
    return board
