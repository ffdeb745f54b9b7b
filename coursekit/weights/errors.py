"""The one error that learned weights raise."""

from __future__ import annotations

__all__ = ["WeightsError"]


class WeightsError(RuntimeError):
    """Weights could not be brought, were not what they should be, or cannot be opened.

    The message says what was expected, what came, and what to do next. The cache is then as it was before.
    """
