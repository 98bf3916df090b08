"""Images as a network of the judge `onnx` takes them."""

import numpy as np
from PIL import Image

from easel.config.judges.onnx import OnnxSettings

FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def prepared(images: np.ndarray, settings: OnnxSettings) -> np.ndarray:
    """Images uint8 (N, H, W, 3) as float32 (N, image_size, image_size, 3): resized, then scale · pixel / 255, less
    `mean`, by `std`."""
    sized = resized(images, settings.image_size, settings.resize)
    mean, std = (np.asarray(each, np.float32) for each in (settings.mean, settings.std))
    return (sized * np.float32(settings.scale / 255) - mean) / std


def resized(images: np.ndarray, size: int, how: str) -> np.ndarray:
    """Images uint8 (N, H, W, C) as float32 (N, size, size, C) in 0..255, not rounded.

    Parmar, Zhang & Zhu 2022 (clean-FID, arXiv 2104.11222): Pillow's filter, which is antialiased, on each channel in
    floating point; what a bicubic filter overshoots is clipped.
    """
    if images.shape[1:3] == (size, size):
        return images.astype(np.float32)
    found = np.empty((len(images), size, size, images.shape[3]), np.float32)
    for image, into in zip(images.astype(np.float32), found, strict=True):
        for channel in range(images.shape[3]):
            plane = Image.fromarray(np.ascontiguousarray(image[..., channel]))
            into[..., channel] = np.asarray(plane.resize((size, size), FILTERS[how]))
    return np.clip(found, 0.0, 255.0, out=found)
