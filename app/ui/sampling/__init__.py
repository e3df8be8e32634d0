"""The inspector: sampling, instructions, and what the last answer cost."""
