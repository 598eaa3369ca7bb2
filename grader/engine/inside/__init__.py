"""What runs in a forked child, and nowhere else."""
