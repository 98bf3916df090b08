"""Drawing with the networks of a study: the same latents through each; notebooks/template/players.js makes it work."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from easel.report.embedding import embedded_file
from easel.report.figures.image_grids import EXACT
from easel.report.figures.player import choice_of_class, messages
from easel.report.figures.player_elements import canvas, slider
from easel.report.load import StudyResults, read_optional_json
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.numbers import joined_with_and
from easel.texts import say

PICTURES = 8  # of each run
LARGEST = 4_000_000  # bytes of all weights in a page, which base64 makes 5.3 of its 8 million characters
OF_LARGE_IMAGES = 2_000_000  # likewise in a page whose pictures are larger, too


class Playable(NamedTuple):
    """A run's network that a page can draw with."""

    folder: str
    """Its path from the study's page."""
    record: dict[str, Any]
    """player.json"""
    size: int
    """Bytes of player.bin."""
    truncation: float | None
    """Of its samples."""

    @property
    def latent_dim(self) -> int:
        programs = self.record["programs"]
        return programs.get("prior", programs["decoder"])["inputs"]["latents"]["shape"][0]


def study_player(study: StudyResults) -> Html | None:
    """The networks of each run's first seed that take latents of the same length, to draw with; None if none do.

    Where a page cannot hold the weights of all, it holds those that fit, the first runs first.
    """
    groups: dict[int, list[Playable]] = {}
    for each in playable_networks(study):
        groups.setdefault(each.latent_dim, []).append(each)
    large = study.dataset["image_shape"][1] > EXACT
    room, shown, left_out = OF_LARGE_IMAGES if large else LARGEST, [], []
    for group in (each for each in groups.values() if len(each) > 1):
        fitting = those_that_fit(group, room)
        if len(fitting) > 1:
            shown.append(players(fitting))
            room -= sum(each.size for each in fitting)
            left_out += [each.record["run"] for each in group if each not in fitting]
        else:
            left_out += [each.record["run"] for each in group]
    if not shown and not left_out:
        return None
    kind = "too_large" if shown else "all_too_large"
    note = say(f"players.{kind}", runs=joined_with_and(left_out)) if left_out else None
    return fragment(*shown, note and paragraph(note, class_="note"))


def playable_networks(study: StudyResults) -> Iterator[Playable]:
    """The network of each run's first seed, where a page can draw with it."""
    for run in study.runs:
        first = run["seeds"][0]
        folder = study.run_folder(run["run"], first["seed"])
        record = read_optional_json(folder / "player.json")
        if record and not record["unplayable"]:
            truncation = ((first.get("samples") or {}).get("sampling") or {}).get("truncation")
            size = (folder / "player.bin").stat().st_size
            yield Playable(folder.relative_to(study.folder).as_posix(), record, size, truncation)


def those_that_fit(networks: list[Playable], room: int) -> list[Playable]:
    """The networks, in their order, that together take at most so many bytes."""
    fitting = []
    for each in networks:
        if each.size <= room:
            room -= each.size
            fitting.append(each)
    return fitting


def players(runs: list[Playable]) -> Html:
    """A row of pictures for each run, and what moves all of them."""
    named = {tuple(run.record["classes"]) for run in runs if run.record["classes"]}
    classes = choice_of_class(list(named.pop())) if len(named) == 1 else None  # of all conditional runs
    return element(
        "div",
        element("p", say("player.no_scripts"), data_part="no-scripts"),
        element("button", say("players.start"), type="button", data_part="start", class_="action", hidden=""),
        element(
            "div",
            classes and element("div", classes, class_="controls"),
            *map(row, runs),
            slider("walk", say("players.walk"), 0, 1, 0.02, 0),
            element("p", element("button", say("players.new"), type="button", data_part="new", class_="action"),
                    class_="actions"),
            data_part="stage", hidden="",
        ),
        messages("old", "failed"),
        class_="players",
    )  # fmt: skip


def row(run: Playable) -> Html:
    """A run's pictures, and its network."""
    name = run.record["run"]
    pictures = [canvas(run.record, None, aria_hidden="true") for _ in range(PICTURES)]
    return element(
        "div",
        element("h3", element("a", name, href=f"{run.folder}/report.html")),
        element("div", *pictures, role="img", aria_label=say("players.row", name=name), class_="wall"),
        embedded_file(f"{run.folder}/player.json", "player-record"),
        embedded_file(f"{run.folder}/player.bin", "player-weights"),
        class_="player-of-run",
        data_truncation=run.truncation,
    )
