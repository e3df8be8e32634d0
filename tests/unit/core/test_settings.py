"""A settings file of any content gives usable settings."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.model import KvType
from app.core.plan import Overrides
from app.core.settings import CONTEXT_CHOICES, Language, Settings, Theme


def test_settings_come_back() -> None:
    settings = Settings(Language.CHINESE, Theme.DARK, enter_sends=False, recent_models=("a", "b"))
    values = settings.to_values() | {"recent_models": ["a", "b"]}
    assert Settings.from_values(values) == settings


def test_values_of_the_wrong_kind_fall_back_to_their_defaults() -> None:
    values = {"theme": "pink", "enter_sends": "yes", "context_tokens": True, "recent_models": 3, "odd": 1}
    assert Settings.from_values(values) == Settings()


@given(
    st.builds(
        Overrides,
        context_tokens=st.none() | st.sampled_from(CONTEXT_CHOICES),
        gpu_layers=st.none() | st.integers(0, 25),
        cpu_experts=st.none() | st.integers(0, 24),
        kv_type=st.none() | st.sampled_from(KvType),
        threads=st.none() | st.integers(1, 64),
        micro_batch=st.none() | st.sampled_from((64, 512)),
        repack=st.none() | st.booleans(),
        mapped=st.none() | st.booleans(),
    )
)
def test_what_was_decided_about_a_load_is_kept(overrides: Overrides) -> None:
    settings = Settings(model="x").decided(overrides)
    assert Settings.from_values(settings.to_values()).overrides == overrides
    assert settings.model == "x"
