"""Files against their manifest."""

import hashlib
import shutil

import pytest

from easel.provenance import hardware, verify
from easel.provenance.manifest import write
from easel.runtime import receipts


def short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


@pytest.fixture
def said(finished, capsys):
    """The exit code and the output lines of verifying the study."""

    def run() -> tuple[int, list[str]]:
        code = verify.main([str(finished.folder)])
        return code, capsys.readouterr().out.splitlines()

    return run


def test_an_unchanged_study_passes(finished, said):
    made = finished.manifest()["made"]
    assert said() == (0, [f"{finished.folder}: all 8 files match manifest.json, made {made}"])


def test_each_difference_is_named(finished, said):
    generator, training = (finished.folder / f"dcgan/seed-0/{name}" for name in ("generator.keras", "train.json"))
    generator.write_bytes(b"wEights")
    training.unlink()
    (finished.folder / "vae/seed-0/progress/new.png").touch()
    (finished.results / "datasets/tiny_shapes/archive.tar.gz").touch()
    code, lines = said()
    assert code == 1
    assert sorted(lines[:-1]) == sorted(
        [
            f"{generator}: changed: expected {short(b'weights')}, found {short(b'wEights')}",
            f"{training}: missing",
            f"{finished.folder}/vae/seed-0/progress/new.png: not in the manifest",
            f"{finished.results}/datasets/tiny_shapes/archive.tar.gz: did not exist when the manifest was written",
        ]
    )
    assert lines[-1].startswith(f"{finished.folder}: 4 differences from manifest.json in 8 files, made 20")


def test_every_digit_counts(finished, said):
    """A hash whose last digit differs is another hash, however many digits messages show."""
    manifest = finished.manifest()
    path, output = next(iter(manifest["outputs"].items()))
    output["sha256"] = output["sha256"][:-1] + ("0" if output["sha256"][-1] != "0" else "1")
    write(manifest, finished.folder / "manifest.json")
    code, lines = said()
    assert code == 1
    assert lines[0].startswith(f"{finished.results / path}: changed: ")


def test_state_is_checked_and_may_be_deleted(finished, said):
    one, other = (finished.folder / f"{run}/seed-0/state/9f2c/checkpoint-000000004.npz" for run in ("dcgan", "vae"))
    one.write_bytes(b"Everything")
    other.unlink()
    code, lines = said()
    assert code == 1
    assert lines[:-1] == [f"{one}: changed: expected {short(b'everything')}, found {short(b'Everything')}"]


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sha256"])
def test_the_manifest_itself_is_checked(finished, said, name):
    file = finished.folder / name
    text = file.read_text()
    file.write_text(text.replace("epochs", "epoch5", 1) if name == "manifest.json" else text.replace(".json", ".Json"))
    assert file.read_text() != text
    code, lines = said()
    assert code == 1
    assert lines[:-1] == [f"{finished.folder}/manifest.json: changed, or manifest.sha256 was: it has another checksum"]


def test_a_manifest_of_an_earlier_version_has_neither_state_nor_checksum(finished, said):
    manifest = finished.manifest()
    del manifest["state"]
    write(manifest, finished.folder / "manifest.json")
    (finished.folder / "manifest.sha256").unlink()
    assert said()[0] == 0


def test_what_was_made_after_the_manifest_is_checked_by_its_receipt(finished, said, monkeypatch):
    monkeypatch.chdir(finished.results.parent)
    (finished.results / ".snakemake").mkdir()
    crate = finished.folder / "crate.zip"
    crate.write_bytes(b"crate")
    receipts.write(finished.results, [crate])
    assert said()[0] == 0
    crate.write_bytes(b"crAte")
    assert said()[1][:-1] == [f"{crate}: changed: expected {short(b'crate')}, found {short(b'crAte')}"]


def test_a_whole_folder_that_is_gone(finished, said):
    shutil.rmtree(finished.folder / "vae")
    assert said()[1][:-1] == [
        f"{finished.folder}/vae/seed-0/{name}: missing"
        for name in ("train.json", "snapshots/step-000004.keras", "generator.keras")
    ]


def test_a_folder_where_a_file_should_be(finished, said):
    file = finished.folder / "dcgan/seed-0/generator.keras"
    file.unlink()
    file.mkdir()
    assert said()[1][0] == f"{file}: cannot be read: Is a directory"


def test_results_may_be_moved(finished, capsys):
    moved = finished.results.rename(finished.results.with_name("elsewhere"))
    assert verify.main([str(moved / "tiny")]) == 0


def test_the_study_may_be_where_one_stands(finished, capsys, monkeypatch):
    monkeypatch.chdir(finished.folder)
    assert verify.main(["."]) == 0


def test_different_code_and_packages_are_a_note(finished, said, monkeypatch):
    code = finished.code | {"scripts/download.py": "0" * 12, "scripts/gone.py": "1" * 12}
    finished.write(code=code, versions=hardware.versions() | {"numpy": "1.0", "gone": "2.0"})
    status, lines = said()
    assert status == 0
    numpy = hardware.versions()["numpy"]
    assert lines[:-1] == [
        "note: different code here: scripts/download.py; scripts/gone.py (gone)",
        f"note: different packages here: numpy {numpy}, was 1.0; gone (gone), was 2.0",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "damaged: Expecting value"),
        ('{"outputs": {', "damaged: Expecting property name"),
        ("[]", "damaged: the whole file: Input should be a valid dictionary"),
        ("\udcff", "damaged: 'utf-8' codec can't decode"),
        ("[" * 100_000, "damaged: "),
    ],
)
def test_a_damaged_manifest_is_one_line(finished, capsys, text, problem):
    file = finished.folder / "manifest.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert verify.main([str(finished.folder)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{file}: {problem}")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"outputs": {}}, "outputs: Dictionary should have at least 1 item"),
        ({"outputs": []}, "outputs: Input should be a valid dictionary"),
        ({"outputs": {"a": {"rule": "x", "sha256": "12", "bytes": 1, "made": ""}}}, "outputs.a.sha256: String should"),
        ({"folders": ["../../.."]}, "folders.0: '../../..' points outside the results folder"),
        ({"absent": ["/etc/passwd"]}, "absent.0: '/etc/passwd' points outside the results folder"),
        ({"code": None}, "code: Input should be a valid dictionary"),
    ],
)
def test_a_manifest_of_another_form_is_one_line(finished, capsys, changes, problem):
    finished.write(**changes)
    assert verify.main([str(finished.folder)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{finished.folder}/manifest.json: damaged: {problem}")
    assert line.endswith("snakemake --config study=tiny to write it again for the current files")


def test_no_study_and_no_manifest(finished, capsys):
    (finished.folder / "manifest.json").unlink()
    for study, why in (("tiny", "snakemake --config study=tiny writes it"), ("tyni", "there is no such study")):
        assert verify.main([str(finished.results / study)]) == 1
        assert capsys.readouterr().err == f"{finished.results}/{study}/manifest.json: not found; {why}\n"
