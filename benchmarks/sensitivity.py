"""The table of docs/reading-the-numbers.md: what judges see of a dataset, from their sensitivity.json.

    snakemake sensitivity --cores all --config study=…
    python benchmarks/sensitivity.py results/judges/<dataset>/*/sensitivity.json

A cell is the rise of the FID with the heaviest severity, in percent of that of pixel Gaussians, and the lightest
severity that the FID notices.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from easel.report.figures.sensitivity import format_share, shares_of
from easel.report.tables.sensitivity import damage_name, severity_name
from easel.runtime.files import read_json


def table(records: Sequence[dict[str, Any]]) -> list[str]:
    """Lines of Markdown: a row for each damage, a column for each judge."""
    damages = list(dict.fromkeys(each["damage"] for record in records for each in record["damages"]))
    rows = [["damage", *(f"`{record['judge']}`" for record in records)], ["---"] * (1 + len(records))]
    rows += [[damage_name(damage).plain["en"], *(cell(record, damage) for record in records)] for damage in damages]
    return [f"| {' | '.join(row)} |" for row in rows]


def cell(record: dict[str, Any], damage: str) -> str:
    """What one judge sees of one damage."""
    found = next((each for each in record["damages"] if each["damage"] == damage), None)
    if found is None:
        return ""
    verdict = found["verdicts"]["fid"]
    share = f"{format_share(shares_of(record, found)[-1])} %"
    if verdict["noticed_from"] is None:
        return f"{share}, unseen"
    if not verdict["seen"]:
        return f"{share}, not steadily"
    return f"**{share}**, from {severity_name(damage, verdict['noticed_from']).plain['en']}".replace(
        "\N{NO-BREAK SPACE}", " "
    )


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    print("\n".join(table([read_json(Path(file)) for file in sys.argv[1:]])))
