"""The error that a user can do something about."""


class AnalysisError(Exception):
    """A file or a request that cannot be served; the text says why and what to do instead."""
