"""Pictures and progress bars of a study, renewed while it runs."""

import re
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path

from IPython.display import HTML, display

from easel.notebook import output

STYLE = """<style>
.easel {font: 14px/1.5 system-ui, sans-serif; max-width: 62rem}
.easel figure {display: inline-block; margin: .6rem 1rem 0 0; vertical-align: top; width: 256px}
.easel img {width: 256px; image-rendering: pixelated; border-radius: 4px}
.easel progress {width: 256px; height: .6rem}
.easel .all {width: 100%}
.easel small {opacity: .75}
.easel .error {border-left: 4px solid #d33; padding: .2rem .8rem; white-space: pre-wrap}
</style>"""
TRAINING_LABEL = re.compile(r"(?P<run>.+) seed (?P<seed>\d+)")
"""What a training calls itself in its log."""


@dataclass(frozen=True)
class Picture:
    """The newest samples of one run and seed."""

    run: str
    seed: str
    step: int
    file: Path


def newest_pictures(study: Path) -> Iterator[Picture]:
    """The newest progress picture of every run and seed of a study's results.

    That of a training that goes on lies in state/, where other settings may have left others: the latest counts.
    """
    for seed in sorted(study.glob("*/seed-*")):
        states = sorted(seed.glob("state/*/progress"), key=lambda folder: folder.stat().st_mtime)
        for folder in [*reversed(states), seed / "progress"]:
            if files := sorted(folder.glob("step-*.png"), key=step_of):
                yield Picture(seed.parent.name, seed.name.removeprefix("seed-"), step_of(files[-1]), files[-1])
                break


def step_of(picture: Path) -> int:
    """The step of a progress picture."""
    return int(picture.stem.removeprefix("step-"))


class View:
    """What a notebook shows of a running study: its state, and below it the newest pictures of its runs.

    They are two outputs of a cell, because the clock of the first moves on all the time, and pictures are large: a
    picture is sent to the browser once.
    """

    def __init__(self, study: Path, what: str):
        """study: the folder of its results. what: is going on."""
        self.study, self.what, self.started = study, what, time.monotonic()
        self.state, self.gallery = (display(HTML(""), display_id=True) for _ in range(2))
        self.pictures: list[Picture] = []

    def update(self, said: str) -> None:
        """Show the state that Snakemake's output tells, and the newest pictures."""
        self._show(output.read(said))

    def end(self, said: str, sentence: str, error: str = "") -> None:
        """Show the state at the end, with a sentence in place of what is going on."""
        state = output.read(said)
        state.working, state.progress, self.what = [], {}, sentence
        self._show(state, error)

    def _show(self, state: output.State, error: str = "") -> None:
        self.state.update(HTML(self._markup(state, error)))
        with suppress(OSError):  # a file was moved at this moment, or Drive does not answer: the next look will tell
            if (newest := list(newest_pictures(self.study))) != self.pictures:
                figures = [figure(picture, picture.file.read_bytes()) for picture in newest]
                self.gallery.update(HTML(f'<div class="easel">{"".join(figures)}</div>'))
                self.pictures = newest

    def _markup(self, state: output.State, error: str) -> str:
        """The state as HTML."""
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        steps = f"{state.done} of {state.steps} steps" if state.steps else "Looking at what there is to do"
        if state.nothing:
            steps = "Everything was there already"
        lines = [
            f"<b>{escape(self.what)}</b> {steps}; {minutes} min {seconds:02d} s",
            f'<progress class="all" value="{state.done + state.nothing}" max="{state.steps or 1}"></progress>',
            *(f"<small>{escape(message)}</small>" for message in state.working),
            *(
                f"<small>{escape(label)}: {bar(progress)}</small>"
                for label, progress in state.progress.items()
                if is_at_work(label, state.working)
            ),
        ]
        failed = f'<p class="error">{escape(error)}</p>' if error else ""
        return f'{STYLE}<div class="easel">{"<br>".join(lines)}{failed}</div>'


def is_at_work(label: str, working: Sequence[str]) -> bool:
    """True if the job that calls itself `label` in its log is one of those at work, given by their messages."""
    if training := TRAINING_LABEL.fullmatch(label):
        return training_message(**training.groupdict()) in working
    return any(label.split()[0] in message for message in working)


def training_message(run: str, seed: str) -> str:
    """The message of a training, as in workflow/rules/train.smk."""
    return f"Training {run} with seed {seed}"


def bar(progress: output.Progress) -> str:
    """A progress bar with its speed and remaining time."""
    return f'<progress value="{progress.percent}" max="100"></progress> {escape(progress.said)}'


def figure(picture: Picture, image: bytes) -> str:
    """A run's picture with its caption. image: PNG."""
    source = f"data:image/png;base64,{b64encode(image).decode()}"
    caption = f"<b>{escape(picture.run)}</b>, seed {escape(picture.seed)}, after {picture.step:,} steps"
    return f'<figure><img src="{source}" alt=""><figcaption><small>{caption}</small></figcaption></figure>'
