"""Which chats belong together in the list: by the day they last changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from app.core.conversation import Summary
from app.core.words import mark

TODAY = mark("Today")
YESTERDAY = mark("Yesterday")
WEEK = mark("Previous 7 days")
OLDER = mark("Older")

Row = str | Summary
"""A group's heading, or a chat."""


def group_of(changed_at: float, today: date) -> str:
    """The heading for something that changed then, in local time; the future counts as today."""
    days = (today - datetime.fromtimestamp(changed_at).date()).days
    if days <= 0:
        return TODAY
    if days == 1:
        return YESTERDAY
    return WEEK if days <= 7 else OLDER


def grouped(summaries: Iterable[Summary], today: date) -> list[Row]:
    """The rows of the list: each group's heading, then its chats, in the order given (newest first)."""
    rows: list[Row] = []
    heading = ""
    for summary in summaries:
        group = group_of(summary.changed_at, today)
        if group != heading:
            heading = group
            rows.append(heading)
        rows.append(summary)
    return rows
