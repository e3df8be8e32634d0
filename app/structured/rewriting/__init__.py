"""A schema rewritten so that a grammar can enforce more of it."""
