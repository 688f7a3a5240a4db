"""The base of errors whose message tells a user what is wrong and what to do."""


class NewswireError(Exception):
    """Shown by the command line as one line, without a traceback; exit status 1."""


class MissingModelError(NewswireError, LookupError):
    """A model that the settings name is not installed; the message says what to install."""
