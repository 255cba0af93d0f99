"""scikit-learn's handwritten digits as a table of points for a study."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np

from .errors import AnalysisError


def digit_tables() -> tuple[np.ndarray, np.ndarray]:
    """1797 images (image, pixel) of 8 x 8 pixels, scaled from 0 .. 16 to [-1, 1], and their labels (image,)."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise AnalysisError("the digits come with scikit-learn, which is not installed "
                            "(install scikit-learn or python3-sklearn)") from None
    digits = load_digits()
    return digits.data / 8.0 - 1.0, digits.target.astype(np.int64)


def holds(path: Path, images: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the file is there with exactly these tables."""
    try:
        with h5py.File(path, "r") as file:
            return np.array_equal(file["images"][...], images) and np.array_equal(file["labels"][...], labels)
    except (OSError, KeyError):
        return False


def write_digits(path: Path) -> bool:
    """Writes datasets `images` (1797 x 64, float64) and `labels`; False if they are there already.

    The file appears whole or not at all.
    """
    images, labels = digit_tables()
    if holds(path, images, labels):
        return False
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(partial, "w") as file:
            file.create_dataset("images", data=images).attrs["long_name"] = "8 x 8 pixels, row by row, in [-1, 1]"
            file.create_dataset("labels", data=labels).attrs["long_name"] = "the digit"
        partial.replace(path)
    except OSError as error:
        raise AnalysisError(f"cannot write '{path}' ({error})") from None
    finally:
        if partial.exists():
            partial.unlink()
    return True
