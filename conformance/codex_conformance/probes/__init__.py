"""How a suite asks a server under test, and notes what was said."""

from codex_conformance.probes._answer import Answer
from codex_conformance.probes._app_server import AppServerProbe, Refused
from codex_conformance.probes._evidence import Evidence
from codex_conformance.probes._expect import Unmet, at, require
from codex_conformance.probes._http import HttpProbe
from codex_conformance.probes._websocket import WebSocketProbe

__all__ = [
    "Answer",
    "AppServerProbe",
    "Evidence",
    "HttpProbe",
    "Refused",
    "Unmet",
    "WebSocketProbe",
    "at",
    "require",
]
