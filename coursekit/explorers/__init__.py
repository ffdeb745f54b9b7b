"""Pictures that react under the pointer, in the notebook itself, without a round trip to the kernel.

One class and one ES module each. They share `page/kernels.js` (the arithmetic, tested against
`coursekit.reference`), `page/maps.js` (pictures to point at), `page/parts.js` (what else their pages are made
of) and `page/explorer.css`.
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
