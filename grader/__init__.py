"""Release, grade and explain nbgrader assignments on NumPy and PyTorch."""

__version__ = "0.1.0"
