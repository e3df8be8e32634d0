"""The first run: what this computer can run, and how to get it."""
