"""Trains the course's own network on pictures that the course draws, and scores it.

Modules: `network` (structure, BatchNorm folded away), `loop` (recipe, steps, checkpoints), `files`
(safetensors), `score` (accuracy, roughness; `python -m coursekit score`), `command` (`python -m coursekit
train`).
"""

from coursekit.training.loop import Recipe, train
from coursekit.training.score import roughness

__all__ = ["Recipe", "roughness", "train"]
