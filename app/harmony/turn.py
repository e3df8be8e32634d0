"""The grammar of one whole assistant turn, for llguidance: a malformed turn cannot be sampled."""

from __future__ import annotations

from app.harmony.tokens import ANALYSIS_WORD, ASSISTANT_WORD, FINAL_WORD, TEXT_TOKENS

ANY_TEXT = f"<[0-{TEXT_TOKENS - 1}]>"
"""Any one text token, whatever its bytes: repeating it counts tokens, so a budget is exact. Free text as a
pattern of characters would refuse 320 tokens of odd bytes, and an end in the middle of a character."""

ANALYSIS_HEADER = f"<|channel|> <[{ANALYSIS_WORD}]> <|message|>"
FINAL_HEADER = f"<|channel|> <[{FINAL_WORD}]> <|message|>"
"""As token ids, since "final" in letters could also be sampled as "fin" and "al"."""


def turn_grammar(thinking_budget: int | None = None, is_free: bool = True) -> str:
    """The Lark grammar of what follows `<|start|>assistant`: reasoning, if any, then the final answer.

    Args:
        thinking_budget: the most tokens of reasoning, exact; 0 leaves no room for the analysis channel at
            all, None sets no bound.
        is_free: whether the answer is free text; the grammar of any other answer is another one, which goes
            on where this one stops, after the header.

    Free text ends with an end-of-sequence token or `<|end|>`; then the matcher is stopped.
    """
    thinking = "*" if thinking_budget is None else f"{{0,{thinking_budget}}}"
    rules = {
        "start": "final" if thinking_budget == 0 else "analysis? final",
        "analysis": f"{ANALYSIS_HEADER} {ANY_TEXT}{thinking} <|end|> <|start|> <[{ASSISTANT_WORD}]>",
        "final": f"{FINAL_HEADER} {ANY_TEXT}* <|end|>?" if is_free else FINAL_HEADER,
    }
    if thinking_budget == 0:
        del rules["analysis"]
    return "".join(f"{name}: {rule}\n" for name, rule in rules.items())
