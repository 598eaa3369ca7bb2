"""nbgrader's gradebook, and the one writer of it."""
