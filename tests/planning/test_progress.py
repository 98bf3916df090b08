"""The step from which a training would resume."""

import pytest
from helpers.fake_plans import write_state

from easel.planning import progress


def test_a_training_resumes_from_its_newest_checkpoint(study, tmp_path):
    settings = study.runs["dcgan"].settings
    write_state(tmp_path, settings, [78, 156, 900])
    assert progress.steps_done(tmp_path, settings, 0, 312, "d") == 156
    longer = settings.model_copy(update={"epochs": 99.0, "log_every": 7})
    assert progress.steps_done(tmp_path, longer, 0, 5000, "d") == 900


def test_a_conditional_training_resumes_too(study, tmp_path):
    settings = study.runs["dcgan"].settings
    write_state(tmp_path, settings, [78], data={"images": "d", "labels": "l"})
    assert [progress.steps_done(tmp_path, settings, 0, 312, data) for data in "de"] == [78, 0]


@pytest.mark.parametrize(
    "changes",
    [{"width": 3}, {"seed": 1}, {"data": "e"}, {"precision": "mixed_bfloat16"}, {"keras": "1.0"},
     {"code": {"workflow/easel/training/losses.py": "another"}}],
)  # fmt: skip
def test_the_state_of_another_training_is_of_no_use(study, tmp_path, changes):
    settings = study.runs["dcgan"].settings.model_copy(update={"precision": "float32"})
    write_state(tmp_path, settings, [78], **changes)
    assert progress.steps_done(tmp_path, settings, 0, 312, "d") == 0
