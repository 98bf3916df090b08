"""An entry of config/judges.yaml: of any kind that there is a file in `easel.judges` for."""

from typing import Annotated, Union

from pydantic import Field

from easel import judges

KINDS = {kind: judges.of_kind(kind).Settings for kind in judges.kinds()}
Judge = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007 (of a list)
