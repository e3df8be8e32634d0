"""Pictures of choosing and writing an answer format: the menu, the inspector's block, the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.structured.editor import SchemaEditor
    from app.ui.widgets.choice_menu import ChoiceMenu
    from tests.ui.screenshots import Studio

NAMES = {"en": "Support ticket", "zh_CN": "客服工单"}
WISHES = {
    "en": "the ingredients and the steps of a recipe",
    "zh_CN": "一份菜谱的用料和步骤",
}
DRAFT = (
    '{"title":"Recipe","type":"object","properties":{"name":{"type":"string","description":"What the dish is '
    'called"},"servings":{"type":"integer","description":"For how many people"},"steps":{"type":"array",'
    '"description":"What to do, in order","items":{"type":"string"}}},'
    '"required":["name","servings","steps"],"additionalProperties":false}'
)
ANSWER = {"question": "recipe", "reasoning": "Name, servings, steps.", "final": DRAFT, "tokens_per_s": 12}
ANSWER_ZH = {**ANSWER, "question": "菜谱"}
EXAMPLE = """[
  {"id": 17, "opened": "2024-05-06", "mail": "ann@example.org", "tags": ["login"]},
  {"id": 18, "opened": "2024-05-07", "mail": null, "tags": [], "rating": 4.5}
]"""


def scene_format_menu(studio: Studio) -> None:
    """The menu at the inspector's button, and the block with a format chosen."""
    window = studio.window
    window.session.new()
    menu = _open_menu(studio)
    studio.shoot("format-menu", menu)
    menu.chosen.emit(next(row.value for row in menu.rows() if row.detail and "margin" in str(row.value)))
    menu.close()
    page = window.inspector.page
    assert page is not None
    studio.wait(page.format.note.isVisible)
    studio.shoot("format-chosen")
    menu = _open_menu(studio)
    menu.list.verticalScrollBar().setValue(menu.list.verticalScrollBar().maximum())
    studio.shoot("format-menu-end", menu)
    menu.close()


def scene_format_editor(studio: Studio) -> None:
    """The editor: a library format as a form, an example, a fault in the JSON, the question at its end."""
    editor = _open_editor(studio)
    studio.shoot("format-editor-form", editor)
    editor.example.field.setPlainText(EXAMPLE)
    editor.example.open()
    studio.shoot("format-editor-example", editor.example)
    editor.example.make_button.click()
    editor.head.name.setText(NAMES[studio.language])
    studio.shoot("format-editor-made", editor)
    editor.show_view("json")
    text = editor.json.toPlainText()
    editor.json.replace_text(text.replace('"integer"', '"intger"').replace('"array",\n      ', '"array",\n'))
    studio.wait(lambda: bool(editor.json.marked))
    studio.shoot("format-editor-fault", editor)
    editor.close()
    studio.shoot("format-editor-question", editor)
    editor.foot.drop.click()
    studio.wait(lambda: studio.window.formats.editor is None)


def scene_format_nested(studio: Studio) -> None:
    """A schema with groups within lists and with choices; and a new, empty format."""
    from app.ui.structured.field_row import FieldRow
    from app.userdata import resource

    editor = _open_editor(studio)
    editor.replace_schema(resource("schemas", "citation.json").read_text("utf-8"), "")
    studio.shoot("format-editor-choices", editor)
    editor.replace_schema(resource("schemas", "invoice.json").read_text("utf-8"), "")
    row = next(row for row in editor.form.findChildren(FieldRow) if row.field.name == "lines")
    editor.form.ensureWidgetVisible(row, 0, 400)
    studio.shoot("format-editor-nested", editor)
    editor.foot.ask()
    editor.foot.drop.click()
    studio.wait(lambda: studio.window.formats.editor is None)
    studio.window.formats.new()
    editor = studio.window.formats.editor or editor
    studio.shoot("format-editor-new", editor)
    editor.close()


def scene_format_described(studio: Studio) -> None:
    """The model drafting a schema."""
    editor = _open_editor(studio)
    editor.describe.open()
    editor.describe.wish.setText(WISHES[studio.language])
    editor.describe.button.click()
    studio.wait(lambda: "servings" in editor.describe.draft.toPlainText())
    studio.shoot("format-editor-drafting", editor.describe)
    studio.wait(editor.describe.isHidden)
    studio.shoot("format-editor-drafted", editor)
    editor.close()
    editor.foot.drop.click()
    studio.wait(lambda: studio.window.formats.editor is None)
    studio.window.session.new()


def _open_menu(studio: Studio) -> ChoiceMenu:
    from app.ui.widgets.choice_menu import ChoiceMenu

    studio.window.actions_of["answer_format"].trigger()
    studio.wait(lambda: any(menu.isVisible() for menu in studio.window.findChildren(ChoiceMenu)))
    return next(menu for menu in studio.window.findChildren(ChoiceMenu) if menu.isVisible())


def _open_editor(studio: Studio) -> SchemaEditor:
    studio.window.formats.edit()
    studio.wait(lambda: studio.window.formats.editor is not None)
    editor = studio.window.formats.editor
    assert editor is not None
    return editor


SCENES = (scene_format_menu, scene_format_editor, scene_format_nested, scene_format_described)
ANSWERS = (ANSWER, ANSWER_ZH)
