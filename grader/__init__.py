"""Release, grade and explain nbgrader assignments on NumPy and PyTorch."""

__version__ = "0.2.0"

import os

FOLDER = os.path.dirname(os.path.abspath(__file__))
"""Where the files of this package lie."""
