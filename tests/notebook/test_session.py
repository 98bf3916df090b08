"""The cells of the notebook, with a stand-in for Easel's Python."""

import signal
import sys
import threading
from pathlib import Path

import pytest

from easel.notebook import hosts
from easel.notebook import session as module
from easel.notebook.session import STOPPED, CellError, Session, has_packages

ROOT = Path(__file__).parents[2]

# Stands in for the Python of .venv: it notes how it was called, and does what the file `does` says.
PYTHON = """\
#!{python} -ISs
import os, sys, time
from pathlib import Path
checkout = Path({checkout!r})
with open(checkout / "asked", "a") as asked:
    print(*sys.argv[1:], file=asked)
if sys.argv[2] == "easel.new":
    print("Wrote the study\\nNext: see it, and run it:\\nsnakemake data")
    Path(sys.argv[6], sys.argv[10] + ".yaml").write_text(
        f"dataset: birds\\ndatasets:\\n  birds:\\n    path: {{sys.argv[11]}}\\nminutes: {{sys.argv[8]}}\\n"
    )
exec((checkout / "does").read_text())
"""
MAKE = """\
#!{python} -ISs
import os, sys
print("Easel: installing", *sys.argv[1:], os.environ["PYTHONPATH"])
sys.exit(os.path.exists("no-network"))
"""


@pytest.fixture
def checkout(checkout, tmp_path, monkeypatch):
    """A checkout with stand-ins for make and for the Python that make would install."""
    (checkout / "requirements.txt").write_text("snakemake==0.1 \\\n")
    (checkout / "does").write_text("")
    python = checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    for program, text in ((python, PYTHON), (make, MAKE)):
        program.write_text(text.format(python=sys.executable, checkout=str(checkout)))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(make.parent))
    return checkout


@pytest.fixture
def start(checkout, tmp_path):
    """start(study="quickstart"): a session with other settings than the usual ones."""

    def new(study="quickstart", minutes=25, pictures_name="birds", pictures="", classes="folders", keep_in=None):
        keep_in = keep_in or str(tmp_path / "kept")
        return Session(checkout, study, minutes, keep_in, pictures_name, pictures, classes)

    return new


def asked(checkout):
    return (checkout / "asked").read_text().splitlines()


def test_setting_up_installs_the_packages_and_says_where_results_are(start, checkout, tmp_path, capsys):
    assert start().python == checkout / ".venv/bin/python"
    assert capsys.readouterr().out == (
        f"Easel: installing install {checkout / 'workflow'}\n"
        "There is no GPU here: training runs on the CPU and takes longer.\n"
        f"Ready. Results are kept in {tmp_path / 'kept/results'}\n"
    )


def test_a_gpu_is_installed_for_and_a_missing_one_can_be_had(start, colab, monkeypatch, capsys):
    start()
    assert "For a GPU: Runtime → Change runtime type → T4 GPU, then run all cells again." in capsys.readouterr().out
    monkeypatch.setattr(hosts, "gpus", lambda: ["GPU 0: Tesla T4"])
    start()
    said = capsys.readouterr().out
    assert "installing install GPU=1" in said
    assert "\nGPU 0: Tesla T4\n" in said


def test_a_python_that_has_the_packages_is_used(checkout):
    assert has_packages(ROOT)
    assert not has_packages(checkout)


def test_an_installation_that_fails_ends_the_cell(start, checkout):
    (checkout / "no-network").touch()
    with pytest.raises(CellError, match=r"^Easel's packages could not be installed; see above$"):
        start()


def test_a_study_is_trained_in_the_kept_results(start, checkout, shown, tmp_path):
    session = start(study="CIFAR-10")
    session.prepare()
    session.train()
    work = session.place.work
    study = checkout / "config/studies/cifar10_cpu.yaml"
    assert asked(checkout) == [
        f"-m snakemake --cores all --directory {work} --prioritize train_run --resources gpu=1 --config study={study}"
    ]
    assert session.results == tmp_path / "kept/results/cifar10_cpu"
    assert "Done. The next cell shows the report." in shown.html


def test_own_pictures_become_a_study_that_is_kept(start, checkout, shown, tmp_path, monkeypatch, capsys):
    pictures, kept = tmp_path / "birds", tmp_path / "kept/studies/birds.yaml"
    pictures.mkdir()
    images = []
    monkeypatch.setattr(module, "Image", lambda filename: images.append(filename))
    for minutes in (25, 30):
        start(study="my own pictures", pictures=str(pictures), minutes=minutes).prepare()
        assert f"minutes: {minutes}\n" in kept.read_text()
    said = capsys.readouterr().out
    assert "Wrote the study\n" in said
    assert "snakemake data" not in said
    new, *snakemakes = asked(checkout)
    assert new == f"-m easel.new --classes folders --folder {kept.parent} --minutes 25 -- birds {pictures}"
    assert [line.split()[2] for line in snakemakes] == ["data", "data"]
    assert set(images) == {str(tmp_path / "kept/results/datasets/birds/preview.png")}


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"study": "quikstart"}, "did you mean 'quickstart'"),
     ({"study": "my own pictures", "pictures_name": "quickstart"}, "pictures_name: quickstart is a study that comes"),
     ({"study": "my own pictures", "classes": "folder"}, "classes should be one of folders, first, none")],
)  # fmt: skip
def test_a_mistake_is_told_before_anything_is_installed(start, capsys, settings, said):
    with pytest.raises(CellError, match=said):
        start(**settings)
    assert "installing" not in capsys.readouterr().out


def test_other_labels_are_not_ignored_once_a_study_is_written(start, checkout, shown, tmp_path, monkeypatch):
    (pictures := tmp_path / "birds").mkdir()
    monkeypatch.setattr(module, "Image", lambda filename: None)
    start(study="my own pictures", pictures=str(pictures)).prepare()
    with pytest.raises(CellError, match="classes: birds was made with 'folders'"):
        start(study="my own pictures", pictures=str(pictures), classes="none").prepare()


def test_minutes_that_a_gpu_was_measured_for_are_told_before_training_on_a_cpu(start, shown, capsys):
    session = start()
    session.prepare()
    checkpoint = session.results / "gan/seed-0/state/a/checkpoint-1.npz"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    (session.results / "gan/budget.json").write_text('{"minutes": 25, "device": {"kind": "gpu"}}')
    capsys.readouterr()
    session.train()
    assert capsys.readouterr().out.startswith("The minutes of gan were measured on a GPU, and stay as that many epochs")


def test_results_that_a_disconnect_deletes_are_told(start, colab, capsys):
    start(keep_in="Easel")
    assert capsys.readouterr().out.endswith(
        "/Easel/results, which a disconnect deletes: only Google Drive survives it\n"
    )
    start(keep_in="MyDrive/Easel")
    assert capsys.readouterr().out.endswith("/MyDrive/Easel/results\n")


def test_an_error_is_one_line_without_a_traceback(start, checkout, shown):
    session = start()
    session.prepare()
    (checkout / "does").write_text("print('quickstart.yaml: runs: missing'); sys.exit(1)")
    with pytest.raises(CellError) as error:
        session.train()
    (said,) = error.value._render_traceback_()
    log = session.place.scratch / "snakemake.log"
    assert said == f"quickstart.yaml: runs: missing\nAll that Snakemake said: {log}"
    assert "quickstart.yaml: runs: missing" in shown.html


def test_the_stop_button_saves_and_the_cell_goes_on_when_run_again(start, checkout, shown):
    session = start()
    session.prepare()
    (checkout / "does").write_text(
        "(checkout / 'ready').touch()\ntry: time.sleep(60)\nexcept KeyboardInterrupt: (checkout / 'saved').touch()"
    )

    def stop():
        while not (checkout / "ready").exists():
            threading.Event().wait(0.02)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=stop).start()
    with pytest.raises(CellError, match=STOPPED):
        session.train()
    assert (checkout / "saved").exists()
    assert STOPPED in shown.html
    (checkout / "does").write_text("")
    session.train()
    assert "Done." in shown.html


def test_a_cell_that_was_left_out_is_named(start):
    session = start()
    for cell in (session.train, session.show_report, session.download):
        with pytest.raises(CellError, match=r"there is no study yet: run the cell \*Look at the pictures\*"):
            cell()


def test_a_report_that_is_missing_is_an_error_in_one_line(start):
    session = start()
    session.prepare()
    for show in (session.show_report, session.download):
        with pytest.raises(CellError, match="there is no report of quickstart yet"):
            show()
