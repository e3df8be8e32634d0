"""Mark texts declared here for translation by the front ends."""


def mark(message: str) -> str:
    """Return `message` as it is; its literal is collected into the translation catalogues."""
    return message
