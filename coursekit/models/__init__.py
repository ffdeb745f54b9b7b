"""The networks of the lessons, as modules whose layers have names, and what they cost."""

from coursekit.models.counting import costs
from coursekit.models.lessons import ConvLayer, ConvPool, SmallClassifier, StackedConv
from coursekit.models.table import summary
from coursekit.models.vgg import vgg16

__all__ = ["ConvLayer", "ConvPool", "SmallClassifier", "StackedConv", "costs", "summary", "vgg16"]
