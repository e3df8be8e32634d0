"""Many documents at once: one format filled in from each, into one file."""
