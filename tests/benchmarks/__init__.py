"""Measured figures: `poe bench` prints the table; each module can also be run alone."""
