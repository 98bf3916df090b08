"""Tables in LaTeX."""

import pytest
from helpers.latex_tables import LatexCell, tables_in

from easel.report.paper.tables import Cell, Notes, PaperTable, label_of, latex_table

HOSTILE = ["a_b", r"100 % & \more", "[1] *", "x^2 ~ {y} #$", "한글 λ", "a--b", 'say "no" `now`', "* star", "<|>"]


def table(**changes) -> PaperTable:
    """A table of two columns."""
    notes = Notes()
    cells = [[Cell(name, notes.letter("50 % of [all]")), Cell("−1.5 ± 0.2", bold=True)] for name in HOSTILE]
    facts = {"label": "it", "caption": "Of a_b & c.", "header": [Cell(""), Cell("FID ↓")], "rows": cells, "align": "lr"}
    return PaperTable(**(facts | {"notes": notes, "remarks": ["{More} #1."]} | changes))


def test_hostile_names_are_read_as_they_are():
    (found,) = tables_in(latex_table(table()))
    assert [row[0].text for row in found.rows] == HOSTILE
    assert [row[1] for row in found.rows] == [LatexCell("−1.5 ± 0.2", "", True)] * len(HOSTILE)
    assert found.header[1].text == "FID ↓"
    assert (found.caption, found.label) == ("Of a_b & c.", "tab:it")
    assert found.notes == ["a: 50 % of [all]", "{More} #1."]


def test_baselines_stand_apart():
    lines = latex_table(table(apart=2)).splitlines()
    at = [i for i, line in enumerate(lines) if line == r"\midrule"]
    assert at[1] - at[0] == len(HOSTILE) - 2 + 1
    assert latex_table(table(apart=len(HOSTILE))).count(r"\midrule") == 1


def test_a_table_without_notes_has_no_room_for_them():
    assert "minipage" not in latex_table(table(rows=[[Cell("a"), Cell("1")]], notes=Notes(), remarks=[]))


def test_notes_have_letters_and_each_is_there_once():
    notes = Notes()
    assert [notes.letter(text) for text in ("one", "two", "one")] == ["a", "b", "a"]
    assert [notes.letter(str(i)) for i in range(26)][-3:] == ["z", "aa", "ab"]


@pytest.mark.parametrize(
    ("parts", "label"), [(("my study", "fid", 2_000, None, ""), "my-study-fid-2000"), (("한글", "a_b"), "a_b")]
)
def test_labels_have_plain_letters(parts, label):
    assert label_of(*parts) == label
