"""The types of the configuration, and small valid values of some."""

from typing import Any

from pydantic import TypeAdapter

from easel.config.base import Closed

SHA256 = "0" * 64
GAN = {
    "description": "a GAN",
    "source": "nowhere",
    "family": "gan",
    "model": "dcgan",
    "latent_dim": 8,
    "width": 4,
    "epochs": 1,
    "batch_size": 2,
    "learning_rate": 1e-4,
}
"""A preset of the family `gan`."""
STUDY = {"dataset": "shapes", "runs": {"a": {"preset": "dcgan"}}}


def check(kind: Any, value: Any) -> Any:
    """A value as its type; pydantic's ValidationError if it is none."""
    return TypeAdapter(kind).validate_python(value)


def every_type(kind: type[Closed] = Closed) -> list[type[Closed]]:
    """The types that stand for mappings in files: those from which no other type is derived."""
    below = [found for derived in kind.__subclasses__() for found in every_type(derived)]
    return below or [kind]
