"""Alcove: private chat with gpt-oss-20b on your own computer."""
