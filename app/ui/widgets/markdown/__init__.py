"""Markdown as plain data: parsed whole or while it streams, and code coloured. Knows no Qt."""
