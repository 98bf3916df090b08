"""The one exception that speaks to the user."""


class EaselError(Exception):
    """Something the user can put right: a bad file, a bad setting, no network, a full disk.

    The message names what was wrong, where, and what would be right; it is all the user sees,
    without a traceback. Everything else that is raised is a defect of Easel and keeps its traceback.
    """
