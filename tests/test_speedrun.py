"""benchmarks/speedrun: its rules and entries as they are, its records and tables, and samples that cannot be judged."""

import re

import numpy as np
import pytest
from benchmarks.speedrun import checks, judging, records, rules
from benchmarks.speedrun.__main__ import command_line

from easel.runtime.errors import EaselError

ENTRIES = sorted(file.stem for file in (rules.HERE / "entries").glob("*.yaml"))


# --- rules and entries ---------------------------------------------------------------------------------


def test_the_page_says_what_the_rules_are():
    page, found = (rules.HERE / "README.md").read_text(encoding="utf-8"), rules.read_rules()
    assert [f"{budget:,}" for budget in found.budgets] == re.findall(r"[\d,]*\d", page.partition("**Budget**:")[2])[:3]
    assert f"seconds of {found.cores} cores" in page
    assert f"the {found.images.train:,} training images" in page
    assert f"{found.study['samples']:,} of the last snapshot" in page
    assert "Seeds**: 0, 1 and 2" in page
    assert found.study["seeds"] == [0, 1, 2]
    assert found.cpu_seconds(600) == 1200


def test_the_held_out_judge_has_images_a_seed_and_a_width_of_its_own(tmp_path):
    attempt = rules.read_attempt("fast_cpu", 600, rules.read_rules())
    judges = rules.write_study(attempt.study, tmp_path / f"{attempt.study_name}.yaml").judges
    held_out = judges.pop(rules.HELD_OUT)
    assert held_out.split == "test"
    for name, judge in judges.items():
        assert getattr(judge, "split", "train") == "train", name
        assert held_out.seed != getattr(judge, "seed", 0), name
        assert held_out.width != getattr(judge, "width", None), name


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_is_a_study_at_each_of_its_budgets(name, tmp_path):
    found = rules.read_rules()
    for budget in rules.read_entry(name).by_seconds:
        attempt = rules.read_attempt(name, budget, found)
        study = rules.write_study(attempt.study, tmp_path / f"{attempt.study_name}.yaml")
        assert study.samples == 10_000
        assert list(study.runs) == [name]
        assert rules.attempt_of(tmp_path / study.name, found) == attempt


def test_the_first_entry_names_all_that_its_preset_sets():
    """So that it stays what it was when the preset moves on."""
    preset = rules.read_yaml(rules.ROOT / "config/presets/fast_cpu.yaml", rules.ROOT)
    aside = {"description", "good_for", "source", "family", "epochs", "cost"}
    assert preset.keys() - aside <= rules.read_entry("fast_cpu").run.keys()


@pytest.mark.parametrize(
    ("text", "budget", "why"),
    [
        ("run: {preset: vae}\nbudgets: [{seconds: 60, epochs: 1}]", 600, "budgets: has no 600; it has 60"),
        ("run: {preset: vae}\nbudgets: [{seconds: 60, minutes: 1}]", 60, "budgets: at 60: set epochs, not minutes"),
        ("run: {preset: vae}\nbudgets: [{seconds: 1h, epochs: 1}]", 60, "budgets[0].seconds: should be a whole number"),
        ("runs: {preset: vae}\nbudgets: [{seconds: 60, epochs: 1}]", 60, "runs: unknown key; did you mean 'run'?"),
    ],
)
def test_a_mistake_in_an_entry_is_named(tmp_path, text, budget, why):
    (tmp_path / "mine.yaml").write_text(f"description: Mine\n{text}\n")
    with pytest.raises(EaselError, match=re.escape(why)):
        rules.read_attempt("mine", budget, rules.read_rules(), tmp_path)


def test_what_does_not_exist_is_named(tmp_path):
    found = rules.read_rules()
    with pytest.raises(EaselError, match=r"no entry 'fast'; there are .*fast_cpu"):
        rules.read_attempt("fast", 60, found)
    for name in ("cifar10", "speedrun-600", "speedrun-fast_cpu-fast"):
        with pytest.raises(EaselError, match="expected the folder of a speedrun's study"):
            rules.attempt_of(tmp_path / name, found)
    with pytest.raises(EaselError, match="--archive should be the dataset's archive"):
        rules.with_archive(found.study, tmp_path / "cifar.tar.gz")


def test_a_local_archive_takes_the_place_of_the_addresses(tmp_path):
    (tmp_path / "mine.tar.gz").write_bytes(b"")
    attempt = rules.read_attempt("fast_cpu", 60, rules.read_rules())
    study = rules.write_study(rules.with_archive(attempt.study, tmp_path / "mine.tar.gz"), tmp_path / "s.yaml")
    assert study.dataset_name == "cifar10_archive"
    assert study.dataset.path == str(tmp_path / "mine.tar.gz")
    assert study.dataset.format == "cifar10_binary"
    assert study.dataset.mirrorable
    assert study.dataset.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# --- records -------------------------------------------------------------------------------------------


def record(entry: str, budget: int, *fids: float, panel: str = "a", date: str = "2026-12-01") -> dict:
    """A record of two judges, whose mean FIDs are given; intervals reach 0.1 to both sides."""
    return {
        "entry": entry, "budget": budget, "date": date, "commit": "c0ffee", "panel": panel, "data": "86d74f3b02d7f9e0",
        "device": {"kind": "cpu", "name": "a CPU", "threads": 2}, "precision": "mixed_bfloat16",
        "versions": {"tensorflow": "2.21.0", "keras": "3.15.1"},
        "seeds": [{"seed": 0, "cpu_seconds": 2 * budget - 1.4, "epochs": 1}],
        "judges": {
            judge: {
                "fid": {"mean": fid, "low": fid - 0.1, "high": fid + 0.1},
                "precision": {"mean": 0.5, "low": 0.4, "high": 0.6},
                "recall": {"mean": 0.25, "low": None, "high": None},
            }
            for judge, fid in zip(("one", "two"), fids, strict=True)
        },
    }  # fmt: skip


def test_a_record_takes_the_place_of_its_like_only(tmp_path):
    file = tmp_path / "records.json"
    assert records.read(file) == []
    first, other_panel = record("lean", 60, 2.0, 4.0), record("lean", 60, 2.0, 4.0, panel="b", date="2026-12-02")
    newer, longer = record("lean", 60, 1.5, 4.5), record("lean", 600, 1.0, 3.0)
    for each in (longer, first, other_panel, newer):
        records.add(each, file)
    assert records.read(file) == [newer, other_panel, longer]


def test_a_panel_is_its_networks_and_the_training_images(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for file in ("classifier.keras", "reference.npz"):
            (tmp_path / name / file).write_bytes(name.encode())
    panel = records.panel_of(tmp_path, ("one", "two"), "data")
    (tmp_path / "one/reference.npz").write_bytes(b"computed again, with another last digit")
    assert records.panel_of(tmp_path, ("two", "one"), "data") == panel
    assert records.panel_of(tmp_path, ("one", "two"), "other data") != panel
    assert records.panel_of(tmp_path, ("one",), "data") != panel
    (tmp_path / "two/classifier.keras").write_bytes(b"trained again")
    assert records.panel_of(tmp_path, ("one", "two"), "data") != panel


def test_a_table_compares_with_the_baseline_of_the_same_panel():
    known = [record("fast_cpu", 60, 2.0, 4.0), record("lean", 60, 1.0, 5.0), record("lean", 60, 9.0, 9.0, panel="b")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in records.table(known, 60).splitlines()[2:]]
    assert [row[3] for row in rows] == ["1.00", "1.00", "0.50", "1.25", "", ""]
    assert rows[2] == [
        "`lean`", "one", "1.000 (0.900 to 1.100)", "0.50", "0.500 (0.400 to 0.600)", "0.250",
    ]  # fmt: skip
    assert rows[3][:3] == ["`lean`", "two", "5.000 (4.900 to 5.100)"]
    assert (
        "- `lean`: 119 CPU seconds for 1 epochs; a CPU, 2 threads, mixed_bfloat16, tensorflow 2.21.0, keras 3.15.1; "
        "2026-12-01, commit `c0ffee`, panel `b`, data `86d74f3b02d7`\n"
    ) in records.tables(known)


def test_the_tables_of_the_page_are_those_of_the_records(tmp_path):
    written = records.README.read_text(encoding="utf-8")
    copy = tmp_path / "README.md"
    copy.write_text(written, encoding="utf-8")
    records.write_tables(records.read(), copy)
    assert copy.read_text(encoding="utf-8") == written
    records.write_tables([record("lean", 60, 1.0, 5.0)], copy)
    assert "### 60 seconds of each core" in copy.read_text(encoding="utf-8")
    copy.write_text("# No marks\n")
    with pytest.raises(EaselError, match="should have the lines <!-- records"):
        records.write_tables([], copy)


def test_a_level_is_reached_where_every_judge_says_so():
    level = record("fast_cpu", 600, 2.0, 4.0)
    known = [
        level, record("lean", 60, 1.9, 4.1), record("lean", 240, 2.0, 4.0), record("lean", 600, 1.0, 3.0),
        record("lean", 120, 1.0, 1.0, panel="b"), record("other", 60, 3.0, 3.0),
    ]  # fmt: skip
    assert records.smallest_budget(known, "lean", level) == 240
    assert records.smallest_budget(known, "other", level) is None
    assert records.reaches(known[1], level) == {"one": True, "two": False}
    assert records.find([record("lean", 60, 9.0, 9.0, date="2026-01-01"), *known], "lean", 60) == known[1]
    assert records.level_table(known, "lean", level).splitlines()[2:] == [
        "| level: fast_cpu at 600 | 2.000 | 4.000 | |",
        "| 60 | 1.900 | 4.100 | one |",
        "| 240 | 2.000 | 4.000 | one, two |",
        "| 600 | 1.000 | 3.000 | one, two |",
    ]


def test_the_command_prints_the_level(tmp_path, capsys):
    file = tmp_path / "records.json"

    def code(*arguments: str) -> int:
        asked = command_line().parse_args(["--records", str(file), "level", *arguments])
        return asked.command(asked)

    with pytest.raises(EaselError, match="no record of 'fast_cpu' at 600"):
        code("lean")
    for each in (record("fast_cpu", 600, 2.0, 4.0), record("lean", 240, 1.9, 3.9), record("slow", 600, 3.0, 3.0)):
        records.add(each, file)
    assert code("lean") == 0
    assert "by every judge: at 240 seconds of each core" in capsys.readouterr().out
    assert code("slow") == 1
    assert "at none of its budgets" in capsys.readouterr().out


def test_a_record_names_a_commit_that_holds_its_recipe(monkeypatch):
    said = {"status": "", "rev-parse": "0123456789abcdef\n"}
    monkeypatch.setattr(records.git, "ask", lambda checkout, command, *rest: said[command])
    assert records.clean_commit() == "0123456789ab"
    said["status"] = " M config/presets/fast_cpu.yaml\n"
    with pytest.raises(EaselError, match=r"commit config/presets/fast_cpu.yaml first"):
        records.clean_commit()


# --- samples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"pictures": np.zeros((9, 4, 4, 3), np.uint8)}, "with the array 'images'"),
        ({"images": np.zeros((9, 4, 4, 3))}, "should be uint8"),
        ({"images": np.zeros((9, 48), np.uint8)}, "should be uint8"),
        ({"images": np.zeros((4, 4, 4, 3), np.uint8)}, "has 4 images, and 9 are judged"),
    ],
)
def test_samples_of_another_form_are_refused(tmp_path, arrays, why):
    np.savez(tmp_path / "samples.npz", **arrays)
    with pytest.raises(EaselError, match=why):
        judging.images_of(tmp_path / "samples.npz", 9)


def test_what_holds_no_samples_or_judges_is_named(tmp_path):
    with pytest.raises(EaselError, match=r"expected an .npz file"):
        judging.images_of(tmp_path / "none.npz", 9)
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(EaselError, match=r"expected an .npz file"):
        judging.images_of(tmp_path / "text.npz", 9)
    with pytest.raises(EaselError, match="should be that of a finished training"):
        judging.images_of(tmp_path, 9)
    with pytest.raises(EaselError, match="no judge there"):
        judging.judge_folders(tmp_path)
    with pytest.raises(EaselError, match=r"no judge with its reference.npz"):
        checks.weights_of(tmp_path)


def test_the_first_images_of_a_file_are_judged(tmp_path):
    images = np.arange(9 * 48, dtype=np.uint8).reshape(9, 4, 4, 3)
    np.savez(tmp_path / "samples.npz", images=images)
    np.testing.assert_array_equal(judging.images_of(tmp_path / "samples.npz", 5), images[:5])


def test_several_samples_have_a_mean():
    found = {
        "one": {"a": judging.Scores(1.0, 0.5, 0.25), "b": judging.Scores(2.0, 0.7, 0.35)},
        "two": {"a": judging.Scores(4.0), "b": judging.Scores(6.0)},
    }
    assert judging.table(found).splitlines()[2:] == [
        "| a | 1.000 | 0.500 | 0.250 | 4.000 | – | – |",
        "| b | 2.000 | 0.700 | 0.350 | 6.000 | – | – |",
        "| mean | 1.500 | 0.600 | 0.300 | 5.000 | – | – |",
    ]
    assert len(judging.table({"one": {"a": judging.Scores(1.0)}}).splitlines()) == 3
