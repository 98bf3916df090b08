"""Records: remarks in results files, as data."""

from dataclasses import dataclass

from easel.runtime.records import Caveat, Record


@dataclass(frozen=True)
class Blurred(Caveat, kind="blurred_in_this_test"):
    n: int


def test_a_record_is_its_kind_and_its_fields():
    assert Blurred(3).as_json() == {"kind": "blurred_in_this_test", "n": 3}


def test_kinds_are_found_by_their_family_and_base_classes_are_none():
    assert Blurred in Caveat.kinds()
    assert Blurred in Record.kinds()
    assert Caveat not in Record.kinds()
    assert Blurred.family == "caveats"
