"""`make bench`: what grading costs, beside nbgrader, otter-grader and the floor."""
