"""torch-fidelity's metrics of features in files: fidelity_metrics.py SAMPLES REFERENCE DTYPE THREADS"""

import sys

import numpy as np
import torch
from judging import answer
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric


def main(samples: str, reference: str, dtype: str, threads: str) -> None:
    torch.set_num_threads(int(threads))
    samples, reference = (torch.from_numpy(np.load(each).astype(dtype)) for each in (samples, reference))

    def fid() -> float:
        statistics = (fid_features_to_statistics(each) for each in (samples, reference))
        return fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]

    def kid() -> float:
        return kid_features_to_metric(samples, reference, verbose=False)["kernel_inception_distance_mean"]

    answer(
        {
            "FID": fid,
            "KID": kid,
            "precision and recall": lambda: prc_features_to_metric(samples, reference, verbose=False)["precision"],
        }
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
