"""The base of errors whose message tells a user what is wrong and what to do, and what is told of other errors."""

import traceback


class NewswireError(Exception):
    """Shown by the command line as one line, without a traceback; exit status 1."""


class MissingModelError(NewswireError, LookupError):
    """A model that the settings name is not installed; the message says what to install."""


def defect(error: Exception) -> str:
    """An error of ours, for a dead letter: its kind, its words, and where it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({frame.name}, line {frame.lineno})"
