"""What is left: environments, remote control, feedback, other agents, the machine."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.system import (
    _device_keys,
    _environments,
    _external_agents,
    _feedback,
    _machine,
    _remote_control,
    _summaries,
)
from codex_mockserver.app_server.system._remote_control import remote_control_status

__all__ = ["HANDLERS", "remote_control_status"]

HANDLERS: dict[str, Handler] = {
    **_environments.HANDLERS,
    **_remote_control.HANDLERS,
    **_feedback.HANDLERS,
    **_external_agents.HANDLERS,
    **_machine.HANDLERS,
    **_device_keys.HANDLERS,
    **_summaries.HANDLERS,
}
