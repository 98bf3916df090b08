"""How long a test waits for another process before it fails."""

PATIENCE = 1500
"""Seconds. Not a measure of anything: a slow and busy machine takes minutes where others take seconds, and only what
hangs takes this long."""
