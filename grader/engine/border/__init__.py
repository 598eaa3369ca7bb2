"""What crosses between a student's process and the judge, and how each stands for the other."""
