"""What a check raises."""


class CheckFailed(AssertionError):
    """An answer that is not right yet: the problem in one line and, where there is one, a hint.

    `plain` is the problem as a hidden test may tell it, without data and values; '' if these are all there is to tell.
    `fits` says that a general hint about the task speaks of such a problem, `raised` that the answer raised something.
    """

    def __init__(
        self, problem: str, hint: str = "", *, plain: str = "", fits: bool = False, raised: bool = False
    ) -> None:
        self.problem, self.hint, self.plain, self.fits, self.raised = problem, hint, plain, fits, raised
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


class NotWritten(CheckFailed):
    """There is no answer yet, so there is nothing to hint at."""
