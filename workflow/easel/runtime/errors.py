"""The exception whose message is shown to the user."""

from easel.runtime.addresses import without_secrets


class EaselError(Exception):
    """An error that the user can fix: a bad file, a bad setting, no network, a full disk.

    The message says what is wrong, where, and the remedy. It is shown without a traceback. Any other exception is a
    bug in Easel and is shown with its traceback. Addresses in the message lack their passwords and signatures.
    """

    def __str__(self) -> str:
        return without_secrets(super().__str__())


class DamagedFile(EaselError, ValueError):
    """A file of an earlier step, whose bytes have changed since; a ValueError for those who expect that."""
