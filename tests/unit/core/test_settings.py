"""A settings file of any content gives usable settings."""

from app.core.settings import Language, Settings, Theme


def test_settings_come_back() -> None:
    settings = Settings(Language.CHINESE, Theme.DARK, enter_sends=False, recent_models=("a", "b"))
    values = settings.to_values() | {"recent_models": ["a", "b"]}
    assert Settings.from_values(values) == settings


def test_values_of_the_wrong_kind_fall_back_to_their_defaults() -> None:
    values = {"theme": "pink", "enter_sends": "yes", "context_tokens": True, "recent_models": 3, "odd": 1}
    assert Settings.from_values(values) == Settings()
