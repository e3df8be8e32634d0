"""The grammar of one whole assistant turn, for llguidance: a malformed turn cannot be sampled."""

from __future__ import annotations

from app.harmony.tokens import ANALYSIS_WORD, ASSISTANT_WORD, FINAL_WORD, TEXT_TOKENS

ANY_TEXT = f"<[0-{TEXT_TOKENS - 1}]>"
"""Any one text token, whatever its bytes: repeating it counts tokens, so a budget is exact. Free text as a
pattern of characters would refuse 320 tokens of odd bytes, and an end in the middle of a character."""

ANALYSIS_HEADER = f"<|channel|> <[{ANALYSIS_WORD}]> <|message|>"
FINAL_HEADER = f"<|channel|> <[{FINAL_WORD}]> <|message|>"
"""As token ids, since "final" in letters could also be sampled as "fin" and "al"."""


def turn_grammar(thinking_budget: int | None = None, body: str | None = None) -> str:
    """The Lark grammar of what follows `<|start|>assistant`: reasoning, if any, then the final answer.

    Args:
        thinking_budget: the most tokens of reasoning, exact; 0 leaves no room for the analysis channel at
            all, None sets no bound.
        body: Lark rules of which the one named `body` is what the final answer has to match, such as
            `body: %json {...}`; None is free text. The names `start`, `analysis` and `final` are taken.

    The turn ends with an end-of-sequence token, free text also with `<|end|>`; then the matcher is stopped.
    A given body stops it at once when it is complete and nothing could follow.
    """
    thinking = "*" if thinking_budget is None else f"{{0,{thinking_budget}}}"
    rules = {
        "start": "final" if thinking_budget == 0 else "analysis? final",
        "analysis": f"{ANALYSIS_HEADER} {ANY_TEXT}{thinking} <|end|> <|start|> <[{ASSISTANT_WORD}]>",
        "final": f"{FINAL_HEADER} body" if body else f"{FINAL_HEADER} body <|end|>?",
    }
    if thinking_budget == 0:
        del rules["analysis"]
    if body is None:
        rules["body"] = f"{ANY_TEXT}*"
    return "".join(f"{name}: {rule}\n" for name, rule in rules.items()) + (body or "")
