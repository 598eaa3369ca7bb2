"""What a check raises."""


class CheckFailed(AssertionError):
    """An answer that is not right yet: the problem in one line and, where there is one, a hint."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem, self.hint = problem, hint
        super().__init__(f"✗ {problem}" + (f"\n  hint: {hint}" if hint else ""))

    def _render_traceback_(self) -> list[str]:
        """Let IPython show the two lines alone."""
        return str(self).split("\n")


class Undecided(Exception):
    """Not a verdict: what a test asks could not be asked from the process that it ran in, so a person decides."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class HiddenCheckFailed(CheckFailed):
    """A failure in a hidden test: its text holds neither data nor values."""
