"""The cells of the notebook: each does one thing, or ends with an error in one line."""

import functools
import importlib.metadata
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from IPython.display import HTML, Image, display

from easel.notebook import archive, hosts, output, pages, pictures, studies
from easel.notebook.commands import Command, end_earlier
from easel.notebook.pictures import check_settings
from easel.notebook.places import Place, place_for
from easel.notebook.progress import View
from easel.runtime.errors import EaselError

PICTURES_FAILED = (
    "The pictures cannot be used; see above. DATA stands for `pictures` of the cell *Choose*, and --classes for "
    "`classes`"
)
STOPPED = "Stopped. What is done so far is kept: run this cell again to go on."

P = ParamSpec("P")
R = TypeVar("R")


class CellError(EaselError):
    """An error that ends a cell. A notebook shows its message, and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def cell(function: Callable[P, R]) -> Callable[P, R]:
    """Have a cell show errors for its reader, and a press of the stop button, in one line."""

    @functools.wraps(function)
    def shown(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except EaselError as error:
            raise CellError(str(error)) from None
        except KeyboardInterrupt:
            raise CellError(STOPPED) from None

    return shown


class Session:
    """A study in a notebook, from the packages that it needs to the file that is downloaded.

    python: that of Easel's environment.
    """

    @cell
    def __init__(
        self,
        checkout: Path,  # of Easel
        study: str,  # one of studies.CHOICES, or the name or path of a study
        minutes: float,  # of training, for each run of a study that has a budget in minutes
        keep_in: str,  # where results are kept, as in places.place_for
        pictures_name: str,  # for a study of one's own pictures: its name
        pictures: str,  # their folder or archive, as in pictures.picture_folder
        classes: str,  # what their folders mean, as in easel.new
    ):
        """Find the place for results, and install what Easel needs."""
        studies.check_minutes(minutes)
        self.minutes = minutes
        self.pictures_name, self.pictures, self.classes = pictures_name, pictures, classes
        self._study: Path | None = None
        self.place: Place = place_for(checkout, keep_in)
        self.choice = studies.chosen(self.place, study)
        if self.choice == studies.OWN_PICTURES:
            check_settings(self.place, pictures_name, classes)
        self.gpus = hosts.gpus()
        self.python = self._install()
        print("\n".join(self.gpus) or no_gpu())
        lost = hosts.host() == "Colab" and not self.place.kept.is_relative_to(hosts.DRIVE)
        end = ", which a disconnect deletes: only Google Drive survives it" if lost else ""
        print(f"Ready. Results are kept in {self.place.results}{end}")

    @cell
    def prepare(self) -> None:
        """Have the study's file; for own pictures, write it, and show what the networks will see."""
        if self.choice != studies.OWN_PICTURES:
            self._study = studies.study_file(self.place, self.choice, self.minutes, bool(self.gpus))
            print(f"The study is {self.study}. Its dataset needs nothing from you.")
            return
        folder = pictures.picture_folder(self.place, self.pictures_name, self.pictures)
        study = studies.own_study(self.place, self.pictures_name)
        if study.exists():
            studies.check_pictures(study, folder)
            studies.check_classes(study, self.classes)
            studies.set_minutes(study, self.minutes)
            print(f"Going on with {study}")
        else:
            options = ["--classes", self.classes, "--folder", self.place.studies, "--minutes", f"{self.minutes:g}"]
            new = [self.python, "-m", "easel.new", *options, "--", self.pictures_name, folder]
            self._run(new, PICTURES_FAILED)
        self._study = study
        self._snakemake("Reading the pictures:", "Your pictures, as the networks see them:", "data")
        preview = self.place.results / "datasets" / studies.dataset_of(self.study) / "preview.png"
        display(Image(filename=str(preview)))

    @cell
    def train(self) -> None:
        """Run the study to its end, and show its progress."""
        if not self.gpus and (runs := studies.measured_on_a_gpu(self.results)):
            print(
                f"The minutes of {', '.join(runs)} were measured on a GPU, and stay as that many epochs: here they "
                "take longer, perhaps hours. Other minutes are measured again."
            )
        self._snakemake("Training and judging:", "Done. The next cell shows the report.")

    @cell
    def show_report(self) -> HTML:
        """The report."""
        return HTML(pages.report_frame(self.results))

    @cell
    def download(self) -> None:
        """Hand the report and the trained networks to the user, in one file."""
        folder = Path(tempfile.gettempdir()) if hosts.host() == "Colab" else Path.cwd()
        hosts.download(archive.pack(self.results, folder / f"{self.results.name}.zip"))

    @property
    def study(self) -> Path:
        """The study's file. Raises EaselError if `prepare` has not found it yet."""
        if self._study is None:
            raise EaselError("there is no study yet: run the cell *Look at the pictures*, whatever the study")
        return self._study

    @property
    def results(self) -> Path:
        """The folder of the study's results."""
        return self.place.results / self.study.stem

    def _install(self) -> Path:
        """Install Easel's packages. Returns the Python that has them; the notebook's own, if it does."""
        if has_packages(self.place.checkout):
            return Path(sys.executable)
        install = ["make", "install", *(["GPU=1"] if self.gpus else [])]
        self._run(install, "Easel's packages could not be installed; see above")
        return self.place.checkout / ".venv" / "bin" / "python"

    def _run(self, arguments: list[Any], failed: str) -> None:
        """Run a command and print what it says, without commands to type. failed: begins the message of an error."""
        printed = 0

        def show(said: str) -> None:
            nonlocal printed
            said = said.partition("Next: ")[0]
            end = said.rfind("\n") + 1
            print(said[printed:end], end="", flush=True)
            printed = max(printed, end)

        command = self._start(arguments, "command.log")
        if command.watch(show):
            raise EaselError(failed)

    def _snakemake(self, what: str, sentence: str, *targets: str) -> None:
        """Run Snakemake, and show its progress. what: it does. sentence: shown when it is done."""
        note = self.place.scratch / "notebook.process"
        if end_earlier(note):
            print("An earlier run of this cell was still at work. It has saved its state and ended; this one goes on.")
        command = self._start(
            [
                self.python, "-m", "snakemake", *targets, "--cores", "all", "--directory", self.place.work,
                "--prioritize", "train_run",  # its pictures come first, and what judges them later
                "--resources", f"gpu={max(1, len(self.gpus))}", "--config", f"study={self.study}",
            ],
            "snakemake.log",
        )  # fmt: skip
        note.write_text(str(command.process.pid), encoding="ascii")
        view = View(self.results, what)
        try:
            code = command.watch(view.update, every=2.0)
        except KeyboardInterrupt:
            view.end(command.text(), STOPPED)
            raise
        finally:
            note.unlink(missing_ok=True)
        if code:
            error = output.error(command.text(), self.place.work)
            view.end(command.text(), "Stopped by an error:", error)
            raise EaselError(f"{error}\nAll that Snakemake said: {command.output}")
        view.end(command.text(), sentence)

    def _start(self, arguments: list[Any], log: str) -> Command:
        """Start a command in the checkout, with the checkout's code.

        log: the name of the file of its output, which a Snakemake that an earlier notebook has left may write to still.
        """
        path = {"PYTHONPATH": str(self.place.checkout / "workflow")}
        return Command(arguments, self.place.checkout, self.place.scratch / log, path)


def has_packages(checkout: Path) -> bool:
    """True if the notebook's own Python has what Easel needs, in the versions that Easel wants."""
    lock = (checkout / "requirements.txt").read_text(encoding="utf-8")
    wanted = dict(re.findall(r"^(snakemake|tensorflow)==(\S+)", lock, re.MULTILINE))
    try:
        return bool(wanted) and all(importlib.metadata.version(name) == version for name, version in wanted.items())
    except importlib.metadata.PackageNotFoundError:
        return False


def no_gpu() -> str:
    """What to say where there is no GPU."""
    menu = hosts.GPU_MENU.get(hosts.host())
    return "There is no GPU here: training runs on the CPU and takes longer." + (
        f" For a GPU: {menu}, then run all cells again." if menu else ""
    )
