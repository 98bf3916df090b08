"""The files of a judge."""

from pathlib import Path

from easel.evaluation.judge_files import JudgeFiles


def test_the_files_of_a_judge_are_in_its_folder():
    found = JudgeFiles.at("results/judges/shapes/mine", "classifier.keras", 2_000)
    assert (found.judge, found.weights.name, found.record.name) == ("mine", "classifier.keras", "classifier.json")
    assert found.baselines.name == "baselines-2000.json"
    folders = {each.parent for each in (found.weights, found.record, found.statistics, found.train_features)}
    assert folders == {Path("results/judges/shapes/mine")}
