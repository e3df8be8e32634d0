"""The grammar of one whole assistant turn, for llguidance: a malformed turn cannot be sampled."""

from __future__ import annotations

from app.harmony.tokens import TEXT_TOKENS

ANY_TEXT = f"<[0-{TEXT_TOKENS - 1}]>"
"""Any one text token. Counted as a token and not as characters, so that a repetition of it is an exact
budget even where it ends inside a character whose bytes are spread over several tokens: there llguidance's
own `max_tokens` allows no way on."""


def turn_grammar(thinking_budget: int | None = None, body: str | None = None) -> str:
    """The Lark grammar of what follows `<|start|>assistant`: reasoning, if any, then the final answer.

    Args:
        thinking_budget: the most tokens of reasoning, exact; 0 leaves no room for the analysis channel at
            all, None sets no bound.
        body: a Lark expression the final answer has to match, such as `%json {...}`; None is free text.

    The turn ends with an end-of-sequence token or with `<|end|>`, after which the matcher is stopped.
    """
    thinking = "*" if thinking_budget is None else f"{{0,{thinking_budget}}}"
    rules = {
        "start": "final" if thinking_budget == 0 else "analysis? final",
        "analysis": f'<|channel|> "analysis" <|message|> {ANY_TEXT}{thinking} <|end|> <|start|> "assistant"',
        "final": '<|channel|> "final" <|message|> body <|end|>?',
        "body": body or f"{ANY_TEXT}*",
    }
    if thinking_budget == 0:
        del rules["analysis"]
    return "".join(f"{name}: {rule}\n" for name, rule in rules.items())
