"""Notes on sampling: the classes of a grid's rows."""

from easel.report.page import sampling_notes


def test_fewer_classes_than_rows_repeat():
    assert sampling_notes.classes_of_rows(["a", "b"], 10) == "Rows from the top, repeating: a and b."
    assert sampling_notes.classes_of_rows([], 10) is None
