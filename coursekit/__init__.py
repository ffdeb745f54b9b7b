"""Tools for a course on how a convolutional network sees."""

__version__ = "0.1.0"
