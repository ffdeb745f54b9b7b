"""Arrays to still pictures that say in words what they show.

Every function takes plain arrays or tensors, which it never changes, and returns a `Picture`. Panels that are
compared share one scale, which is drawn beside them.
"""

from coursekit.pictures.channels import show_channels
from coursekit.pictures.charts import show_curves, show_histogram
from coursekit.pictures.confusion import show_confusion
from coursekit.pictures.feature_maps import show_feature_maps
from coursekit.pictures.filters import show_filters
from coursekit.pictures.image import show_image
from coursekit.pictures.network import show_network
from coursekit.pictures.picture import Picture
from coursekit.pictures.pooling import show_pooling
from coursekit.pictures.products import show_products
from coursekit.pictures.sliding import show_sliding
from coursekit.pictures.stages import show_stages
from coursekit.pictures.windows import show_windows

__all__ = [
    "Picture",
    "show_channels",
    "show_confusion",
    "show_curves",
    "show_feature_maps",
    "show_filters",
    "show_histogram",
    "show_image",
    "show_network",
    "show_pooling",
    "show_products",
    "show_sliding",
    "show_stages",
    "show_windows",
]
