"""One module for each converter, with ``convert(kind, source, body)`` from bytes to bytes.

They call what the converter's own proxy or client calls. Much of that is private and may change. What a
converter does not offer raises `NotOffered`; whatever else is raised is its own.
"""


class NotOffered(Exception):
    """The converter has nothing for this kind and direction."""
