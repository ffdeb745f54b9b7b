"""Brings, checks, caches and maps learned weights.

`fetch` brings VGG16's weights for ImageNet into the cache; `python -m coursekit fetch-vgg` does so from a
terminal. `coursekit.weights.opening`, the one module here that loads torch, maps weight files into memory.

Modules: `layout` (names and shapes), `header` (the safetensors format), `remote` (HTTP), `cache` (the
    folder),
`fetching` (all of these together), `opening` (files to tensors), `command` (the terminal), `progress`,
`errors`.
"""

from coursekit.weights.cache import cache_folder
from coursekit.weights.errors import WeightsError
from coursekit.weights.fetching import IMAGENET, Fetched, Source, cached, fetch

__all__ = ["IMAGENET", "Fetched", "Source", "WeightsError", "cache_folder", "cached", "fetch"]
