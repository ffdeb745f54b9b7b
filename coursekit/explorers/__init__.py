"""Pictures that react under the pointer, in the notebook itself, without a round trip to the kernel.

One class, one ES module and one style sheet each, over what they share: `page/kernels.js` (the arithmetic,
tested against `coursekit.reference`), `page/explorer.js` (their skeleton), `page/bind.js` (what can be
chosen), `page/maps.js` (pictures to point at) and `page/explorer.css`. `template.py` is where another begins.
"""

from coursekit.explorers.conv import ConvExplorer
from coursekit.explorers.filter import FilterExplorer
from coursekit.explorers.pixel import PixelExplorer
from coursekit.explorers.pool import PoolExplorer
from coursekit.explorers.relu import ReluExplorer
from coursekit.explorers.stack import StackExplorer
from coursekit.explorers.vgg import VggExplorer

__all__ = [
    "ConvExplorer",
    "FilterExplorer",
    "PixelExplorer",
    "PoolExplorer",
    "ReluExplorer",
    "StackExplorer",
    "VggExplorer",
]
