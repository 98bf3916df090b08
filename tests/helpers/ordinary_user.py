"""Processes that permissions bind, as they bind everyone but root."""

import ctypes
import os

PR_CAPBSET_DROP = 24  # linux/prctl.h
CAPABILITIES = (1, 2, 3)  # linux/capability.h: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER


def as_ordinary_user() -> None:
    """For `preexec_fn`: where the tests run as root, take root's right to pass over permissions from the program."""
    if os.geteuid() == 0:
        for capability in CAPABILITIES:
            ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
