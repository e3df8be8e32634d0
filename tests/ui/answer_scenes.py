"""Pictures of answers with a format: being written, fitting, not fitting, as a table, stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.core.answer_format import AnswerFormat
    from tests.ui.screenshots import Studio

REPORT_SCHEMA = {
    "title": "Quarterly report",
    "type": "object",
    "properties": {
        "quarter": {"type": "string", "pattern": "^Q[1-4]$"},
        "revenue": {"type": "string"},
        "gross_margin": {"type": "string"},
        "cash_flow": {"type": "string"},
        "segments": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["quarter", "revenue", "gross_margin", "cash_flow", "segments"],
    "additionalProperties": False,
}
TABLE_SCHEMA = {
    "title": "Segments",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "segment": {"type": "string"},
            "revenue": {"type": "number"},
            "share": {"type": "string"},
            "remark": {"type": ["string", "null"]},
        },
        "required": ["segment", "revenue", "share", "remark"],
        "additionalProperties": False,
    },
}
REPORT_NAMES = {"en": ("Quarterly report", "Segments"), "zh_CN": ("季度报告", "各分部")}
REPORT_TEXTS = {
    "en": "Q3 was strong: revenue rose to 287 million CNY with a gross margin of 39.2 %, and operations "
    "brought in 103 million CNY. Cloud made 121 million, devices 98 million. Extract the figures.",
    "zh_CN": "三季度（Q3）业绩强劲：营收2.87亿元，毛利率39.2%，经营现金流1.03亿元，其中云业务1.21亿元，"
    "设备0.98亿元。提取Q3营收、毛利率和现金流。",
}
NOTES = {
    "en": "And from my notes: third quarter, revenue 287, margin 39.2 %, cloud 121, devices 98.",
    "zh_CN": "再看我的笔记：三季度，营收2.87，毛利率39.2%，云业务1.2。",
}
SHARES = {"en": "List the segments with their shares.", "zh_CN": "列出各分部及其占比。"}
REPORTS = {
    "en": '{"quarter":"Q3","revenue":"287 million CNY","gross_margin":"39.2 %","cash_flow":"103 million CNY",'
    '"segments":{"cloud":"121 million","devices":"98 million"}}',
    "zh_CN": '{"quarter": "Q3", "revenue": "2.87亿元", "gross_margin": "39.2%", "cash_flow": "1.03亿元", '
    '"segments": {"cloud": "1.21亿元", "devices": "0.98亿元"}}',
}
WRONG_REPORTS = {
    "en": '{"quarter":"third","revenue":287,"gross_margin":"39.2 %","segments":{"cloud":121,"devices":"98"}}',
    "zh_CN": '{"quarter":"三季度","revenue":2.87,"gross_margin":"39.2%","segments":{"cloud":1.2}}',
}
TABLES = {
    "en": '[{"segment":"Cloud","revenue":121.5,"share":"42 %","remark":"grew fastest of all, again"},'
    '{"segment":"Devices","revenue":98,"share":"34 %","remark":null},'
    '{"segment":"Services","revenue":67.5,"share":"24 %","remark":"two customers fewer than a year ago"}]',
    "zh_CN": '[{"segment":"云业务","revenue":1.21,"share":"42%","remark":"再次增长最快"},'
    '{"segment":"设备","revenue":0.98,"share":"34%","remark":null},'
    '{"segment":"服务","revenue":0.68,"share":"24%","remark":"客户比去年少两家"}]',
}


def answers(language: str) -> list[dict[str, Any]]:
    """What the scripted engine says; one that does not fit is asked for again, and fails again."""
    return [
        {"question": "Q3", "reasoning": "The figures.", "final": REPORTS[language], "tokens_per_s": 6},
        {"question": "response format", "final": WRONG_REPORTS[language], "tokens_per_s": 400},
        {"question": NOTES[language], "final": WRONG_REPORTS[language], "tokens_per_s": 400},
        {"question": SHARES[language], "final": TABLES[language], "tokens_per_s": 400},
    ]


def answer_format(language: str, *, is_table: bool = False) -> AnswerFormat:
    from app.core.answer_format import AnswerFormat

    schema = TABLE_SCHEMA if is_table else REPORT_SCHEMA
    return AnswerFormat(REPORT_NAMES[language][is_table], json.dumps(schema))


def scene_structured(studio: Studio) -> None:
    """A structured answer: live, fitting, traced to the question, as text, not fitting, as a table."""
    from app.ui.widgets.json_tree import JsonTree

    session, transcript = studio.window.session, studio.window.page.transcript
    session.new()
    session.set_options(replace(session.options, format=answer_format(studio.language)))
    studio.ask(REPORT_TEXTS[studio.language])
    studio.wait(lambda: "39.2" in transcript.last_answer_text())
    studio.shoot("structured-live")
    studio.wait_for_answer()
    studio.shoot("structured")
    tree = next(tree for tree in transcript.findChildren(JsonTree) if tree.isVisible())
    tree.followed.emit(("revenue",))
    studio.shoot("structured-traced")
    studio.ask(NOTES[studio.language])
    studio.wait_for_answer()
    studio.shoot("structured-wrong")
    session.set_options(replace(session.options, format=answer_format(studio.language, is_table=True)))
    studio.ask(SHARES[studio.language])
    studio.wait_for_answer()
    studio.shoot("structured-table")
    session.set_options(replace(session.options, format=answer_format(studio.language)))
    studio.ask(REPORT_TEXTS[studio.language])
    studio.wait(lambda: "39.2" in transcript.last_answer_text())
    session.stop()
    studio.wait_for_answer()
    studio.shoot("structured-stopped")
