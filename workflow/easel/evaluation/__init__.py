"""Evaluation: judges look at images, metrics compare what they see, and every value keeps its provenance.

`metrics` takes features and knows no judge, `judges` computes features and knows no metric; this package brings them
together.

features.py        the features and logits of many images
reference.py       a judge's features of a dataset's real images, computed once for all studies
judge_check.py     whether a judge can judge the dataset: check.json
    judge_failures.py  its failures, which are the first caveats of every value by that judge
judge_files.py     the files of a judge as one object
samples.py         evaluation of a run's samples by every judge of the study: metrics.json
    rows.py            the rows of metrics.json, and the metrics that need no classes
    metrics_row.py     the form of a row of metrics.json
    by_class.py        the metrics of classes
    factors.py         on `shapes`, coverage of each factor of variation, measured from pixels
    nearest_pairs.py   the samples closest to a training image
baselines.py       test images and pixel Gaussians, judged as if they were samples
sensitivity.py     what a judge sees of damaged test images: sensitivity.json
    damages.py         the damages, as functions of images
reconstruction.py  reconstructions of test images, and the ELBO of a VAE
snapshots.py       the FID of each snapshot, and the snapshot to sample
chosen.py          generator.keras of that snapshot, and its samples
comparison.py      means, intervals and differences of a study's runs: comparison.json and comparison.csv
    protocol.py        how sure they are: training and sampling spread, seeds that would settle a difference
agreement.py       what all judges of a study say of its runs together
calibration.py     published values of a judge next to those computed here: calibration.json

Records hold kinds and numbers, never sentences. A caveat is a dataclass in the file that finds it
(`runtime/records.py`); its sentence in each language is in texts/.
"""
