"""The configuration: what is set, by whom, and what may be."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.configuration import _features, _profiles, _providers, _reading, _writing
from codex_mockserver.app_server.configuration._features import enabled_features, unstable_warning
from codex_mockserver.app_server.configuration._file_error import check_loadable, config_warning
from codex_mockserver.app_server.configuration._flags import read_flags
from codex_mockserver.app_server.configuration._layers import layers, merged
from codex_mockserver.app_server.configuration._providers import (
    BEDROCK,
    check_provider,
    check_region,
    current_provider,
    needs_openai_login,
)
from codex_mockserver.app_server.configuration._writing import write_settings

__all__ = [
    "BEDROCK",
    "HANDLERS",
    "check_loadable",
    "check_provider",
    "check_region",
    "config_warning",
    "current_provider",
    "enabled_features",
    "layers",
    "merged",
    "needs_openai_login",
    "read_flags",
    "unstable_warning",
    "write_settings",
]

HANDLERS: dict[str, Handler] = {
    **_reading.HANDLERS,
    **_writing.HANDLERS,
    **_features.HANDLERS,
    **_providers.HANDLERS,
    **_profiles.HANDLERS,
}
