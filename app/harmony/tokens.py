"""The ids of Harmony's control tokens and the names of all special ones."""

from __future__ import annotations

from collections.abc import Mapping

VOCABULARY_SIZE = 201_088
TEXT_TOKENS = 199_998
"""Ids below this stand for bytes of text, all above are special."""

END_OF_TEXT = 199_999
RETURN = 200_002
CONSTRAIN = 200_003
CHANNEL = 200_005
START = 200_006
END = 200_007
MESSAGE = 200_008
CALL = 200_012

ASSISTANT_WORD = 173_781
ANALYSIS_WORD = 35_644
FINAL_WORD = 17_196
"""The words of a turn's headers, each a single token."""

END_OF_TURN = (RETURN, END_OF_TEXT)
"""The tokens that end a turn of chat; `CALL` ends one too, but only a tool asks for it."""

CONTROL_NAMES: Mapping[int, str] = {
    199_998: "<|startoftext|>",
    END_OF_TEXT: "<|endoftext|>",
    RETURN: "<|return|>",
    CONSTRAIN: "<|constrain|>",
    CHANNEL: "<|channel|>",
    START: "<|start|>",
    END: "<|end|>",
    MESSAGE: "<|message|>",
    CALL: "<|call|>",
}


def special_tokens() -> dict[str, int]:
    """Every special token by name; the reserved ones are named by their id."""
    ids = range(TEXT_TOKENS, VOCABULARY_SIZE)
    return {CONTROL_NAMES.get(id_, f"<|reserved_{id_}|>"): id_ for id_ in ids}
