"""What a training started from, on its page."""

from dataclasses import replace

from helpers.page_text import text_of

from easel.report import cells as report

TAKEN = [{"layer": "conv2d 0", "parameters": 300}, {"layer": "conv2d 1", "parameters": 600}]
LEFT = [{"layer": "dense 0", "parameters": 100, "reason": "shape", "found": [], "wanted": []}]
START = {
    "from": "cifar10/gan/seed-0", "step": 1, "weights": "0" * 64,
    "networks": {
        "encoder": {"from": None, "taken": [], "left": LEFT},
        "decoder": {"from": "generator", "averaged": True, "taken": TAKEN, "left": LEFT},
        "discriminator": {"from": "discriminator", "taken": TAKEN, "left": []},
    },
}  # fmt: skip


def started(run, **changes):
    return replace(run, training=run.training | {"start": START | changes})


def test_each_network_says_what_it_has_taken(run):
    assert text_of(report.start_note(started(run))).replace("\xa0", " ").split(". ") == [
        "The networks started from those of cifar10/gan/seed-0, as they were after 1 step",
        "encoder: new, because there was none to start from",
        "decoder: 2 of 3 layers took their weights, 90 % of its parameters; new are dense 0",
        "discriminator: every layer took its weights.",
    ]


def test_a_file_is_a_generator(run):
    assert "started from old.keras, which is a generator." in text_of(
        report.start_note(started(run, **{"from": "old.keras", "step": None}))
    )


def test_a_network_of_which_nothing_fits(run):
    networks = {"generator": {"from": "generator", "taken": [], "left": LEFT}}
    assert "generator: new, because no layer has" in text_of(report.start_note(started(run, networks=networks)))


def test_a_training_that_started_anew_has_no_note(run):
    assert report.start_note(run) is None
    assert report.start_note(replace(run, training=run.training | {"start": None})) is None
