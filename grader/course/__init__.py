"""The folders of a course: what is handed in, what is released, and its settings."""
