"""The arithmetic of a convolutional network in plain NumPy, written to be read.

Torch is fast and OpenCV is fast; this is the version whose every step can be followed. The tests hold all
three against each other. Three short modules:

- `convolution`: sliding a kernel over an image, a whole conv layer, several layers as one kernel.
- `pooling`: ReLU, max pooling, average pooling.
- `geometry`: how large an output is, and which pixels one of its values has seen.
"""

from coursekit.reference.convolution import compose_kernels, conv_layer, convolve2d, cross_correlate2d
from coursekit.reference.geometry import Layer, ReceptiveField, output_size, receptive_field
from coursekit.reference.pooling import avg_pool2d, max_pool2d, relu

__all__ = [
    "Layer",
    "ReceptiveField",
    "avg_pool2d",
    "compose_kernels",
    "conv_layer",
    "convolve2d",
    "cross_correlate2d",
    "max_pool2d",
    "output_size",
    "receptive_field",
    "relu",
]
