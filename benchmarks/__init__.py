"""Measures what things cost next to what they replace, in the same run."""
