"""The shortest complete explorer: another begins as a copy of this, `template.js` and `template.css`."""

from typing import Any

import numpy as np

from coursekit.explorers.base import Explorer
from coursekit.explorers.traits import Float, Float32
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import number, share


class TemplateExplorer(Explorer):
    """Move a threshold and see which pixels are brighter.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]); it is shown in gray.
        threshold: From 0 to 1. Can be assigned; the page follows.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W) float32 in [0, 1].

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: The threshold is no number.
        ValueError: The threshold is out of its range.

    >>> explorer = TemplateExplorer(np.eye(8), threshold=0.5)
    >>> float(explorer.output.mean())
    0.125
    """

    module = "template"
    title = "Template explorer"

    # What a learner can choose: a public trait each, and the same name in the page's `traits`.
    threshold = Float(0.5, min=0, max=1).tag(sync=True)

    def __init__(self, image: Any, *, threshold: float = 0.5, max_side: int | None = None) -> None:
        super().__init__(image, max_side=max_side, threshold=threshold)

    @property
    def output(self) -> Float32:
        """1 where the photograph is brighter than the threshold, else 0, (H, W) float32."""
        return (self.image > self.threshold).astype(np.float32)

    def _draw(self) -> Picture:
        row, column = self.position
        stages = {"photograph": self.image, "brighter": self.output}
        picture = show_stages(stages, title="The photograph and its brighter pixels")
        return picture.with_words(
            f"{share(float(self.output.mean()))} of the pixels are brighter than {number(self.threshold)}. "
            f"Row {row}, column {column}: {number(float(self.image[row, column]))}. {picture.words}"
        )
