"""The tools that a request offers, and how to call them for a purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from codex_schemas import Problem

__all__ = ["Tool", "Toolbox"]

Json = dict[str, Any]

#: Names under which tools without a ``name`` are found.
_NAMELESS = ("local_shell", "web_search", "tool_search")

#: The namespace whose tools are called by their bare name.
_BARE_NAMESPACE = "functions"


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool that a request offers."""

    #: ``function``, ``custom`` or the type of a tool without a name.
    kind: str
    name: str
    #: The namespace that a call must name, None for a bare name.
    namespace: str | None = None
    #: The names of a function's parameters; empty when it does not declare any.
    parameters: frozenset[str] = frozenset()

    def call(self, arguments: Json | str) -> Json:
        """Return the call of this tool, without the ids that an item needs."""
        name = {"name": self.name, **({"namespace": self.namespace} if self.namespace else {})}
        if self.kind == "custom":
            return {"type": "custom_tool_call", **name, "input": arguments}
        text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
        return {"type": "function_call", **name, "arguments": text}

    def keep_known(self, arguments: Json) -> Json:
        """Return the arguments without those that the function does not declare."""
        return {name: value for name, value in arguments.items() if not self.parameters or name in self.parameters}


class Toolbox:
    """The tools that a request offers, by name; the way of calling follows from what is there."""

    def __init__(self, tools: Iterable[Json]) -> None:
        self._tools = {tool.name: tool for tool in _flatten(tools, None)}

    def find(self, name: str) -> Tool | None:
        """Return the tool of that name."""
        return self._tools.get(name)

    def run_command(self, arguments: Json) -> Json:
        """Return the call that runs a shell command: ``cmd`` with further arguments of ``exec_command``."""
        return self._call(_COMMANDS, "exec_command", arguments)

    def apply_patch(self, patch: str) -> Json:
        """Return the call that applies a patch, by the shell where there is no tool for it."""
        if any(name in self._tools for name in _PATCHES):
            return self._call(_PATCHES, "apply_patch", patch)
        return self.run_command({"cmd": f"apply_patch <<'PATCH'\n{patch.rstrip()}\nPATCH\n"})

    def _call(self, forms: dict[str, Callable[[Tool, Any], Json]], purpose: str, argument: Any) -> Json:
        for name, form in forms.items():
            if (tool := self._tools.get(name)) is not None:
                return form(tool, argument)
        raise Problem(
            f"calling {purpose} as the scenario says",
            expected="a request that offers one of " + ", ".join(forms),
            found="a request that offers " + (", ".join(self._tools) or "no tools"),
            advice="Say function_call or custom_tool_call with a tool that this client has.",
        )


def _flatten(tools: Iterable[Json], namespace: str | None) -> Iterator[Tool]:
    for tool in tools:
        kind = tool.get("type", "")
        if kind == "namespace":
            name = tool.get("name")
            yield from _flatten(tool.get("tools") or (), None if name == _BARE_NAMESPACE else name)
        elif isinstance(tool.get("name"), str):
            properties = (tool.get("parameters") or {}).get("properties") or {}
            yield Tool(kind, tool["name"], namespace, frozenset(properties))
        elif kind in _NAMELESS:
            yield Tool(kind, kind)


#: What a script reports, as JavaScript; a patch that does not apply makes the tool throw.
_EXIT_REPORT = "`Process exited with code ${r.exit_code}\\nOutput:\\n${r.output}`"
_PATCH_REPORT = "'Success. The patch is applied.'"


def _script(function: str, argument: Any, report: str) -> str:
    """Return the code-mode script that calls one nested tool and reports as the plain tool does; JSON is JavaScript."""
    return f"const r = await tools.{function}({msgspec.json.encode(argument).decode()});\ntext({report});\n"


def _shell_command(tool: Tool, arguments: Json) -> Json:
    rest = {name: value for name, value in arguments.items() if name != "cmd"}
    return tool.call({"command": arguments["cmd"], **tool.keep_known(rest)})


def _shell(tool: Tool, arguments: Json) -> Json:
    rest = {name: value for name, value in arguments.items() if name != "cmd"}
    return tool.call({"command": ["bash", "-lc", arguments["cmd"]], **tool.keep_known(rest)})


def _local_shell(_tool: Tool, arguments: Json) -> Json:
    action = {"type": "exec", "command": ["bash", "-lc", arguments["cmd"]], "env": {}}
    if "workdir" in arguments:
        action["working_directory"] = arguments["workdir"]
    return {"type": "local_shell_call", "action": action}


#: How a shell command is run by each tool, the most capable first.
_COMMANDS: dict[str, Callable[[Tool, Any], Json]] = {
    "exec_command": lambda tool, arguments: tool.call(tool.keep_known(arguments)),
    "exec": lambda tool, arguments: tool.call(_script("exec_command", arguments, _EXIT_REPORT)),
    "shell_command": _shell_command,
    "shell": _shell,
    "local_shell": _local_shell,
}

#: How a patch is applied by each tool.
_PATCHES: dict[str, Callable[[Tool, Any], Json]] = {
    "apply_patch": lambda tool, patch: tool.call(patch if tool.kind == "custom" else {"input": patch}),
    "exec": lambda tool, patch: tool.call(_script("apply_patch", patch, _PATCH_REPORT)),
}
