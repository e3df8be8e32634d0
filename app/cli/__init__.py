"""Alcove in the terminal: ask, chat, chats, doctor."""
