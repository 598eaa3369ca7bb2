"""A student's own copies of what was released."""
