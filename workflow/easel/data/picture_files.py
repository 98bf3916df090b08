"""Which files are pictures, and how names of files are written down."""

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP"}
"""The ends of names, in lower case -> Pillow's format."""

FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
"""The formats that are decoded. Pillow knows many more, and each of its decoders is one more to attack."""


def suffix_of(name: str) -> str:
    """The end of a name, in lower case, from its last dot; "" without one."""
    return name[name.rindex(".") :].lower() if "." in name else ""


def shown(name: str) -> str:
    """A file's name in characters that can be printed: one line, valid Unicode, and different for different names.

    What cannot be printed (a newline, bytes that are no UTF-8, characters that change the direction of writing) stands
    as an escape of Python's, such as `\\n` or `\\xff`, and a backslash as two.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(
        f"\\x{ord(character) - 0xDC00:02x}"  # a byte that is no UTF-8, as os.fsdecode keeps it
        if 0xDC80 <= ord(character) <= 0xDCFF
        else character
        if character.isprintable() and character != "\\"
        else character.encode("unicode_escape").decode()
        for character in name
    )
