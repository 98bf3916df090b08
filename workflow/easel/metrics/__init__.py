"""Metrics: pure functions of arrays, in float64. NumPy and SciPy only; no judge and no file is known here.

catalogue.py         every metric, which values are better, and the steps to add one
estimate.py          a value with its uncertainty, and every kind of uncertainty

fid.py               Fréchet distance, its bootstrap, and its extrapolation to infinitely many samples
kid.py               kernel distance over subsets
inception_score.py   Inception Score
manifold.py          precision, recall, density and coverage
cells.py             cells of feature space, by k-means
memorisation.py      samples that are closer to training images than held-out images are
class_metrics.py     class shares, class coverage, FID within classes, class accuracy
image_similarity.py  MSE, PSNR and SSIM of two sets of images, pixel by pixel
elbo.py              the evidence lower bound of a VAE, by likelihood
intervals.py         intervals and tests of means, of differences of two, and of proportions
best_of_several.py   tests that allow for having chosen the best from the data
seeds_to_settle.py   the seeds with which a difference would probably be significant
spread.py            the spread over seeds, as that of trainings and of samples
orders.py            ranks, and how two orders agree
feature_spread.py    whether features vary, and in how many directions

arrays.py            checks of arrays of features, and blocks of their rows
distances.py         bounds of all pairwise distances, and exact distances of some pairs
neighbours.py        nearest neighbours and k-th distances

Features come as float32, as judges give them, and are converted to float64 a block of rows at a time, so that
50,000 × 2,048 need not fit into memory twice. Distances are bounded by float32 products and settled in float64
(distances.py): no decision is left to float32.

tests/metrics/expected.json has the values that other implementations compute from the same features, with their
versions; make_expected.py next to it makes the file again, in an environment of its own.
"""
