"""A chat as Markdown, for the clipboard."""

from __future__ import annotations

from app.core.conversation import Conversation
from app.core.message import Role
from app.i18n import Texts


def as_markdown(conversation: Conversation, tr: Texts) -> str:
    """The branch in view: its title, then each message under who wrote it; reasoning is left out."""
    names = {Role.USER: tr("You"), Role.ASSISTANT: tr("Answer")}
    parts = [f"# {conversation.title}"] if conversation.title else []
    parts += [f"## {names[m.role]}\n\n{m.text.strip()}" for m in conversation.active_path]
    return "\n\n".join(parts) + "\n"
