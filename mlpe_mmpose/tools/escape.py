"""Makes text from files of others fit for a terminal."""


def escape(text: object) -> str:
    """Return a text whose control characters are written as Python does.

    A name could otherwise change what the terminal shows before and after it.
    Ends of lines stay.
    """
    return ''.join(
        char if char.isprintable() or char == '\n' else repr(char)[1:-1]
        for char in str(text)
    )
