"""Snakemake's reasons in short. Snakemake's own sentences are those of version 9.27."""

import pytest

from easel.tracking.rerun_reasons import describe_reason, reasons_in

PARAMS = "Params have changed since last execution: Union of exclusive params before and now across all output: "
CODE = {"numpy": "2.4.6", "scripts/a.py": "0123", "workflow/easel/b.py": "4567"}


def params(before: list, now: list) -> str:
    """The reason for a job whose params changed from `before` to `now`, as Snakemake puts it."""
    texts = [",".join(map(repr, values)) or "<nothing exclusive>" for values in (before, now)]
    return f"{PARAMS}before: {texts[0]} now: {texts[1]} "


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ([{"epochs": 2.0}], [{"epochs": 4.0}], "epochs was 2, and is now 4"),
        ([{"rate": 2e-4}], [{"rate": 0.5}], "rate was 0.0002, and is now 0.5"),
        ([{"settings": {"a": 1, "b": 2}}], [{"settings": {"a": 1, "b": 3}}], "settings.b was 2, and is now 3"),
        ([{"a": True}], [{"a": 1}], "a was True, and is now 1"),
        ([{"a": 1}], [{"a": 1, "b": 2}], "b is now 2"),
        ([{"a": 1, "b": 2}], [{"a": 1}], "b was 2, and is gone"),
        ([{"a": "x now: y"}], [{"a": "z; now: é'\""}], "a was 'x now: y', and is now 'z; now: é\\'\"'"),
        ([CODE], [CODE | {"scripts/a.py": "x"}], "the code has changed in scripts/a.py"),
        ([CODE], [CODE | {"scripts/c.py": "x"}], "the code has changed in scripts/c.py (new)"),
        ([CODE | {"scripts/c.py": "x"}], [CODE], "the code has changed in scripts/c.py (no longer used)"),
        ([CODE], [CODE | {"numpy": "3.0.0"}], "numpy was '2.4.6', and is now '3.0.0'"),
        (
            [CODE, {"n": 1}], [{"n": 2}, CODE | {"scripts/a.py": "x"}],
            "n was 1, and is now 2; the code has changed in scripts/a.py",
        ),
        ([], [{"n": 1}], "n is now 1"),
        (["shapes", {"n": 1}], [{"n": 2}], "n was 1, and is now 2"),
        (
            [{str(key): 1 for key in range(8)}], [{}],
            ", ".join(f"{key} was 1, and is gone" for key in range(6)) + " and 2 more",
        ),
    ],
)  # fmt: skip
def test_changes_are_named(before, now, words):
    assert describe_reason(params(before, now)) == words


def test_of_a_long_text_the_start_is_named():
    said = describe_reason(params([{"notes": "short"}], [{"notes": "x" * 20_000}]))
    assert said == f"notes was 'short', and is now '{'x' * 199}…'"


def test_equal_settings_in_another_form_are_recognised():
    assert describe_reason(params([{"a": 1}], [{"a": 1}])) == "the form of its settings has changed"


def test_a_damaged_record_is_named():
    reason = f"{PARAMS}before: <damaged record> now: {CODE!r} "
    assert describe_reason(reason) == "Snakemake's record of how it was made is damaged"
    assert reasons_in(reason) == [{"kind": "record_damaged"}]


def test_altered_outputs_are_named():
    reason = "Output files that are not as this step wrote them: results/a, results/b"
    assert describe_reason(reason) == reason
    assert reasons_in(reason) == [{"kind": "altered_output", "file": f"results/{name}"} for name in "ab"]


def test_surrounding_text_is_kept():
    assert (
        describe_reason(f"Finished (was: {params([{'a': 1}], [{'a': 2}])})") == "Finished (was: a was 1, and is now 2)"
    )
    software = "Software environment definition has changed since last execution"
    assert describe_reason(
        f"Set of input files has changed since last execution; {params([{'a': 1}], [{'a': 2}])}; {software}"
    ) == (f"Set of input files has changed since last execution; a was 1, and is now 2; {software}")


@pytest.mark.parametrize("before", [[5], ["text"], [{"a": object()}]])
def test_params_that_cannot_be_parsed_are_left_unchanged(before):
    reason = params(before, [{"a": 1}])
    assert describe_reason(reason) == reason


def test_of_many_files_the_first_are_named_in_order():
    files = [f"results/{number}" for number in (3, 1, 2, 9, 8, 7, 6, 5)]
    assert describe_reason(f"Missing output files: {', '.join(files)}; Code has changed since last execution") == (
        "Missing output files: results/1, results/2, results/3, results/5, results/6, results/7 and 2 more; "
        "Code has changed since last execution"
    )


def test_other_reasons_are_snakemakes_own():
    assert describe_reason("Forced execution") == "Forced execution"


# --- as records ------------------------------------------------------------------------------------------


def test_every_reason_is_a_record():
    changed = params([CODE, {"n": 1, "gone": 2}], [CODE | {"scripts/a.py": "x"}, {"n": 2, "new": "a; b"}])
    software = "Software environment definition has changed since last execution"
    assert reasons_in(f"Missing output files: b.txt, a.txt; {changed}; {software}") == [
        {"kind": "missing_output", "file": "a.txt"},
        {"kind": "missing_output", "file": "b.txt"},
        {"kind": "software_changed"},
        {"kind": "setting_removed", "key": "gone", "before": 2},
        {"kind": "setting_changed", "key": "n", "before": 1, "now": 2},
        {"kind": "setting_added", "key": "new", "now": "a; b"},
        {"kind": "code_changed", "file": "scripts/a.py"},
    ]


def test_a_finished_or_forced_job_has_its_reason():
    changed = params([{"a": 1}], [{"a": 2}])
    assert reasons_in(f"Finished (was: {changed})") == reasons_in(changed)
    assert reasons_in("Forced execution") == [{"kind": "forced"}]


def test_a_reason_of_another_form_is_kept():
    assert reasons_in(params(["text"], [{"a": 1}])) == [{"kind": "params_changed"}]
    assert reasons_in("Some day") == [{"kind": "unknown", "text": "Some day"}]
