"""Alcove in the terminal: ask, extract, chat, chats, doctor."""
