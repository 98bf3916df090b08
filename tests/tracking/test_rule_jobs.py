"""The jobs of a rule."""

from easel.tracking.rule_jobs import code_of_jobs, jobs_of

TRAINED = {"study": ["s"], "run": ["a", "b"], "seed": [0, 1], "judge": ["x", "y"]}
EXTERNAL = TRAINED | {"run": ["theirs"], "seed": [0]}


def test_values_that_occur_together_are_combined():
    found = jobs_of({"run", "seed"}, {}, [TRAINED, EXTERNAL])
    assert [(job["run"], job["seed"]) for job in found] == [
        ("a", "0"), ("a", "1"), ("b", "0"), ("b", "1"), ("theirs", "0"),
    ]  # fmt: skip


def test_constraints_have_to_match_the_whole_value():
    found = jobs_of({"run", "seed"}, {"run": "a|the", "seed": "1"}, [TRAINED, EXTERNAL])
    assert found == [{"run": "a", "seed": "1"}]
    assert jobs_of({"run"}, {"run": "(?!)"}, [TRAINED, EXTERNAL]) == []


def test_each_job_is_there_once():
    assert jobs_of({"judge"}, {}, [TRAINED, EXTERNAL]) == [{"judge": "x"}, {"judge": "y"}]
    assert jobs_of((), {}, [TRAINED, EXTERNAL]) == [{}]


def test_code_of_jobs():
    jobs = jobs_of({"run"}, {}, [TRAINED])
    assert code_of_jobs({"a.py": "1"}, jobs) == {"a.py": "1"}
    assert code_of_jobs(lambda wildcards: {f"{wildcards.run}.py": "2"}, jobs) == {"a.py": "2", "b.py": "2"}
