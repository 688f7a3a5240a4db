"""The base of errors whose message tells a user what is wrong and what to do."""


class NewswireError(Exception):
    """Shown by the command line as one line, without a traceback; exit status 1."""
