"""Judging images: from what a judge sees to rows of numbers that say what they are.

features.py     a judge at work on many images
reference.py    what a judge knows of a dataset's real images
rows.py         every metric of some images, as rows of metrics.json
    classes.py      the same class by class; factors.py: on `shapes`, factor by factor
    baselines.py    real images and noise, judged as if they were samples
snapshots.py    the cheap score of each snapshot, and which one is sampled
likenesses.py   samples beside the training images that they are nearest to
calibration.py  answers that are known, and whether they come out here
"""
