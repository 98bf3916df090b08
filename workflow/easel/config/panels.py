"""`kind: panel` in config/judges.yaml: several judges under one name."""

from typing import TYPE_CHECKING, Annotated, Literal, Union

from pydantic import Field, field_validator

from easel.config.affects import Affects
from easel.config.base import Closed, Names, all_differ
from easel.config.judges import KINDS
from easel.config.judges.base import JudgeSettings


class Panel(Closed):
    """Several judges of different kinds, which a study names at once. A run is called best only where they agree."""

    kind: Annotated[Literal["panel"], Affects.OUTPUT]
    """`panel`: a list of judges."""
    judges: Annotated[Names, Affects.OUTPUT]
    """Keys of config/judges.yaml or of the study's own `judges`, none of them a panel. The first also chooses the
    snapshots. One that learns to tell classes apart is left out where the dataset has only one class."""

    @field_validator("judges")
    @classmethod
    def differ(cls, judges: list[str]) -> list[str]:
        return all_differ(judges)


if TYPE_CHECKING:
    JudgeOrPanel = JudgeSettings | Panel
else:
    JudgeOrPanel = Annotated[Union[(*KINDS.values(), Panel)], Field(discriminator="kind")]
