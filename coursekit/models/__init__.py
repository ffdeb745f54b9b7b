"""The lessons' networks, as modules with named layers, and a network as a table."""

from coursekit.models.lessons import ConvLayer, ConvPool, StackedConv
from coursekit.models.table import summary
from coursekit.models.weights import vgg16

__all__ = ["ConvLayer", "ConvPool", "StackedConv", "summary", "vgg16"]
