class Board:
    def __init__(self, n):
        self.cells = np.zeros((n, n), dtype=np.int64)
        for i in range(n):
            self.cells[i, (i + 1) % 2 :: 2] = 1


def checkerboard(n):
    return Board(n).cells
