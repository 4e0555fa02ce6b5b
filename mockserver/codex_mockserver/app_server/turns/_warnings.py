"""What subscribers are warned of."""

from __future__ import annotations

from codex_mockserver.app_server._recorded import recorded
from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["knows_model", "warn_of_compaction", "warn_of_model"]


def knows_model(thread: LoadedThread, model: str) -> bool:
    """Tell whether the release, or the scenario, has a model."""
    server = thread.server
    rows = recorded("models", server.version) if server.setup.models is None else server.setup.models
    return any(row["id"] == model for row in rows)


def warn_of_model(thread: LoadedThread) -> None:
    """Warn of a model that the release does not know."""
    model = thread.record.settings["model"]
    if not knows_model(thread, model):
        text = (
            f"Model metadata for `{model}` not found. "
            "Defaulting to fallback metadata; this can degrade performance and cause issues."
        )
        thread.notify("warning", {"message": text})


def warn_of_compaction(thread: LoadedThread) -> None:
    """Warn of what gets lost, as older releases do."""
    if thread.server.traits.warns_of_compaction:
        text = (
            "Heads up: Long threads and multiple compactions can cause the model to be less accurate. "
            "Start a new thread when possible to keep threads small and targeted."
        )
        thread.notify("warning", {"message": text})
