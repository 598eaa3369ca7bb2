"""Submissions that attack the grader, and what each is honestly worth."""
