"""Drawing with the networks of a study: the same latents through each; notebooks/template/players.js makes it work."""

from typing import Any

from easel.report.embedding import embedded_file
from easel.report.figures.image_grids import EXACT
from easel.report.figures.player import choice_of_class, messages
from easel.report.figures.player_elements import canvas, slider
from easel.report.load import StudyResults, read_optional_json
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.numbers import joined_with_and
from easel.texts import say

PICTURES = 8  # of each run
LARGEST = 6_000_000  # bytes of all weights in a page, which base64 makes 8 million characters
OF_LARGE_IMAGES = 2_000_000  # likewise in a page whose pictures are larger, too


def study_player(study: StudyResults) -> Html | None:
    """The networks of each run's first seed that take latents of the same length, to draw with; None if none do.

    Where a page cannot hold the weights of all, it holds those that fit, the first runs first.
    """
    groups: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for run in study.runs:
        folder = study.run_folder(run["run"], run["seeds"][0]["seed"])
        record = read_optional_json(folder / "player.json")
        if record and not record["unplayable"]:
            programs = record["programs"]
            (latent_dim,) = programs.get("prior", programs["decoder"])["inputs"]["latents"]["shape"]
            groups.setdefault(latent_dim, []).append((folder.relative_to(study.folder).as_posix(), record))
    large = study.dataset["image_shape"][1] > EXACT
    room, shown, left_out = OF_LARGE_IMAGES if large else LARGEST, [], []
    for group in (each for each in groups.values() if len(each) > 1):
        fitting = []
        for each in group:
            size = (study.folder / each[0] / "player.bin").stat().st_size
            if size <= room:
                room -= size
                fitting.append(each)
        if len(fitting) > 1:
            shown.append(players(fitting))
        left_out += [each[1]["run"] for each in group if len(fitting) < 2 or each not in fitting]
    if not shown:
        return None
    note = say("players.too_large", runs=joined_with_and(left_out)) if left_out else None
    return fragment(*shown, note and paragraph(note, class_="note"))


def players(runs: list[tuple[str, dict[str, Any]]]) -> Html:
    """A row of pictures for each run, and what moves all of them. runs: folder and record of each."""
    classes = {tuple(record["classes"] or ()) for _, record in runs} - {()}
    return element(
        "div",
        element("p", say("player.no_scripts"), data_part="no-scripts"),
        element("button", say("players.start"), type="button", data_part="start", class_="action", hidden=""),
        element(
            "div",
            element("div", *(choice_of_class(list(each)) for each in classes if len(classes) == 1), class_="controls"),
            *(row(folder, record) for folder, record in runs),
            slider("walk", say("players.walk"), 0, 1, 0.02, 0),
            element("p", element("button", say("players.new"), type="button", data_part="new", class_="action"),
                    class_="actions"),
            data_part="stage", hidden="",
        ),
        messages("old", "failed"),
        class_="players",
    )  # fmt: skip


def row(folder: str, record: dict[str, Any]) -> Html:
    """A run's pictures, and its network."""
    name = record["run"]
    pictures = [canvas(record, None, aria_hidden="true") for _ in range(PICTURES)]
    return element(
        "div",
        element("h3", element("a", name, href=f"{folder}/report.html")),
        element("div", *pictures, role="img", aria_label=say("players.row", name=name), class_="wall"),
        embedded_file(f"{folder}/player.json", "player-record"),
        embedded_file(f"{folder}/player.bin", "player-weights"),
        class_="player-of-run",
    )
