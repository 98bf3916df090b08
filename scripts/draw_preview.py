"""Draw a dataset's preview."""

import numpy as np

from easel.data import preview
from easel.data.prepared import Split
from easel.images import save_png
from easel.runtime.console import job
from easel.runtime.files import read_json


def draw_preview(dataset: str, train_images: str, train_labels: str, picture: str) -> None:
    """Draw some training images of each class as a PNG."""
    train = Split(np.load(train_images, mmap_mode="r"), np.load(train_labels))
    save_png(picture, preview.draw_preview(read_json(dataset), train))


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        draw_preview(
            dataset=snakemake.input.dataset,
            train_images=snakemake.input.train_images,
            train_labels=snakemake.input.train_labels,
            picture=snakemake.output[0],
        )
