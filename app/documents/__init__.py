"""Files that people open and keep: read as text, and answers written whole or not at all."""
