"""Grade what arrives while nobody looks. What is there decides; what the operating system tells says when to look."""
