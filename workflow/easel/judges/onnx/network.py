"""A network of an ONNX file as a judge."""

from pathlib import Path

import numpy as np
import onnxruntime

from easel.config.judges.onnx import OnnxSettings
from easel.judges import Outputs
from easel.judges.onnx import files, form
from easel.judges.onnx.preprocessing import prepared
from easel.runtime.errors import EaselError
from easel.training.devices import cpu, device_used

TRIED = (32, 32, 3)
"""The shape of the images that a network is tried with."""
LIMIT = 1e-3
"""Largest change of a feature, relative to the image's largest, that other images in the batch may make: the rounding
of 16 bits."""


class Onnx:
    """A feature extractor of an ONNX file."""

    image_shape = None  # any: they are resized
    feature_dim: int

    def __init__(self, session: onnxruntime.InferenceSession, settings: OnnxSettings, file: Path):
        """file: that of the session, for errors. Raises EaselError for a network that is no feature extractor."""
        self.session, self.settings, self.file = session, settings, file
        self.form = form.of(session, settings, file)
        self.feature_dim = self.called(np.zeros((1, *TRIED), np.uint8)).shape[1]

    @property
    def device(self) -> dict[str, str]:
        """The device that computes: not always TensorFlow's."""
        return device_used() if self.session.get_providers()[0] == files.CUDA else cpu()

    def outputs(self, images: np.ndarray) -> Outputs:
        """Features float32 (N, feature_dim) of images uint8 (N, H, W, 3), and no logits.

        Every call of the network gets `batch_size` images, so that rounding does not depend on N. Raises EaselError if
        a feature is not finite.
        """
        features = np.empty((len(images), self.feature_dim), np.float32)
        batch = self.settings.batch_size
        for start in range(0, len(images), batch):
            some = images[start : start + batch]
            features[start : start + batch] = self.called(some)
        if bad := np.count_nonzero(~np.isfinite(features).all(axis=1)):
            raise EaselError(
                f"{self.file}: its features of {bad:,} of {len(images):,} images are not finite. Compare 'scale', "
                "'mean' and 'std' with what the network was trained on"
            )
        return Outputs(features, np.empty((len(images), 0), np.float32))

    def called(self, images: np.ndarray) -> np.ndarray:
        """The features, float32 (N, d), of at most a batch of images, in one call."""
        size = self.settings.image_size
        batch = np.zeros((self.settings.batch_size, size, size, form.CHANNELS), self.form.type)
        batch[: len(images)] = prepared(images, self.settings)
        fed = np.ascontiguousarray(batch.transpose(0, 3, 1, 2)) if self.form.channels_first else batch
        try:
            (found,) = self.session.run([self.form.output], {self.form.input: fed})
        except files.RAISED as error:
            raise EaselError(f"{self.file}: {files.reason(str(error))}") from error
        return self.pooled(np.asarray(found))[: len(images)]

    def pooled(self, found: np.ndarray) -> np.ndarray:
        """A feature vector of each image, float32 (B, d), from the output for a batch."""
        try:
            form.check_dimensions(self.form.output, found.ndim, self.settings.pool)
            if len(found) != self.settings.batch_size:
                raise form.Unfit(
                    f"its output '{self.form.output}' has {len(found)} rows for {self.settings.batch_size} images; "
                    "choose another output"
                )
        except form.Unfit as problem:
            raise EaselError(f"{self.file}: {problem}") from None
        found = found.astype(np.float32, copy=False)
        match self.settings.pool:
            case "cls":
                return found[:, 0]
            case "mean":
                positions = 1 if found.ndim == 3 else (2, 3) if self.form.channels_first else (1, 2)
                return found.mean(axis=positions)
        return found

    def try_out(self) -> None:
        """Raise EaselError unless features are finite, and those of an image are the same whatever it is seen with."""
        images = np.random.default_rng(0).integers(0, 256, (2 * self.settings.batch_size, *TRIED), np.uint8)
        images[::2] //= 8
        order = np.argsort(np.arange(len(images)) % 2, kind="stable")  # the dark ones in a batch of their own
        there, elsewhere = self.outputs(images).features[order], self.outputs(images[order]).features
        largest = np.maximum(np.abs(there).max(axis=1), np.finfo(np.float32).tiny)
        relative = float((np.abs(there - elsewhere).max(axis=1) / largest).max())
        if relative > LIMIT:
            raise EaselError(
                f"{self.file}: features of an image depend on the other images of its batch, by up to {relative:.2g} "
                "of the largest, as with batch normalisation in training mode or quantisation while running; set "
                "batch_size: 1, or export the network for inference"
            )
