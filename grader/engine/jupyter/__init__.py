"""Forked kernels for Jupyter's own tools."""
