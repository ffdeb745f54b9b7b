"""The networks of the lessons, as modules whose layers have names, and the table of a network."""

from coursekit.models.lessons import ConvLayer, ConvPool, SmallClassifier, StackedConv
from coursekit.models.table import summary
from coursekit.models.weights import vgg16

__all__ = ["ConvLayer", "ConvPool", "SmallClassifier", "StackedConv", "summary", "vgg16"]
