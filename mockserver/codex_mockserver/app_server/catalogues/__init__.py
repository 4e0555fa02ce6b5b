"""Catalogues: the models, skills, hooks and apps that there are."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.catalogues import _apps, _hooks, _models, _skills
from codex_mockserver.app_server.catalogues._models import default_model, knows_model, models

__all__ = ["HANDLERS", "default_model", "knows_model", "models"]

HANDLERS: dict[str, Handler] = {**_models.HANDLERS, **_skills.HANDLERS, **_hooks.HANDLERS, **_apps.HANDLERS}
