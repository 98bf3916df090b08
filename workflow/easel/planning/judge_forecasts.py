"""The expected cost of a judge's jobs: making it, its reference, baselines and sensitivity. None where nothing was
measured.
"""

import math

from easel.planning import recipes
from easel.planning.costs import DAMAGED_SETS, SENSITIVITY_SETS, damaged_images
from easel.planning.jobs import Job
from easel.planning.knowledge import EstimateSource, Forecast, Knowledge
from easel.planning.run_forecasts import SETTLING, TENSORFLOW_MB

JUDGED_AT_MOST = 10_000  # training images for a judge's accuracy, and features that a reference keeps


def judge(known: Knowledge, job: Job) -> Forecast | None:
    """Making a judge: as before with the same settings, else the whole of its training, by its probe."""
    name = job.wildcards["judge"]
    settings = known.study.judges[name]
    if known.has_same_judge(name) and (before := known.as_before(job)):
        return before
    if (probe := known.judge_probe(settings)) is None:
        return None
    seconds, sizes = probe["seconds"], known.sizes
    batch_size = recipes.of_judge(settings, sizes)["settings"]["batch_size"]
    steps = max(1, round(settings.training_images(sizes.train) / min(batch_size, sizes.train)))
    checked = (sizes.test + min(sizes.train, JUDGED_AT_MOST)) / 1000
    total = seconds["import"] + seconds["build"] + seconds["first_call"] + steps * seconds["step"]
    total += seconds["first_features"] + checked * seconds["features_1000"] + SETTLING
    return Forecast(total, probe["memory_mb"], probe["bytes"]["network"] / 1e6, EstimateSource.PROBE_UPPER_BOUND)


def reference(known: Knowledge, job: Job) -> Forecast | None:
    """A judge's features of both splits and of pixel Gaussians."""
    name = job.wildcards["judge"]
    if known.has_same_judge(name) and (before := known.as_before(job)):
        return before
    if (probe := known.judge_probe(known.study.judges[name])) is None or not known.judges_as_probed:
        return None
    seconds, sizes = probe["seconds"], known.sizes
    kept = min(sizes.test, JUDGED_AT_MOST)
    total = seconds["import"] + seconds["load"] + seconds["first_features"] + SETTLING
    total += (sizes.train + sizes.test + kept) / 1000 * seconds["features_1000"]
    feature_bytes = probe["bytes"]["features"]  # float32, of one image
    disk = (sizes.train + 2 * kept) * feature_bytes + 2 * 8 * (feature_bytes // 4) ** 2
    dataset_mb = math.prod(sizes.image_shape) * (sizes.train + sizes.test) / 1e6
    memory = TENSORFLOW_MB + dataset_mb / 2 + 3 * feature_bytes * sizes.train / 1e6
    return Forecast(total, memory, disk / 1e6, EstimateSource.PROBE)


def baselines(known: Knowledge, job: Job) -> Forecast | None:
    """Every metric of two baselines, whose features the reference holds."""
    name = job.wildcards["judge"]
    if known.has_same_judge(name) and (before := known.as_before(job)):
        return before
    if (probe := known.judge_probe(known.study.judges[name])) is None:
        return None
    seconds = probe["seconds"]
    thousands = min(known.study.samples, known.sizes.test) / 1000
    return Forecast(
        seconds["import"] + SETTLING + 2 * thousands * seconds["metrics_1000"], TENSORFLOW_MB, 0.1, EstimateSource.PROBE
    )


def sensitivity(known: Knowledge, job: Job) -> Forecast | None:
    """Features of damaged test images, on one core as the job computes them, and the metrics of each set."""
    name = job.wildcards["judge"]
    if known.has_same_judge(name) and (before := known.as_before(job)):
        return before
    judge = known.study.judges[name]
    if (probe := known.judge_probe(judge)) is None or not known.judges_as_probed:
        return None
    seconds, images = probe["seconds"], damaged_images(known.sizes)
    total = seconds["import"] + seconds["load"] + seconds["first_features"] + SETTLING
    total += DAMAGED_SETS * images / 1000 * seconds["features_1000_one_core"]
    total += SENSITIVITY_SETS * 60 * known.costs.sensitivity_minutes(images, judge.feature_dim)
    return Forecast(total, TENSORFLOW_MB, 0.1, EstimateSource.PROBE)
