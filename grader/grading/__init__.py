"""What commands do: one submission, many, on many machines; the student's and the author's own checks."""
