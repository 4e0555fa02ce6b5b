"""``fuzzyFileSearch`` and its sessions: files whose paths a query fits."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.files._matching import match
from codex_mockserver.app_server.files._tree import Entry, Tree

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

_MOST_FILES = 20_000
_MOST_MATCHES = 50
_LONGEST_PATH = 512
_LONGEST_QUERY = 256
#: What a fit of the name alone counts, and what the very name counts, where releases tell them apart.
_IN_NAME = 65_536
_THE_NAME = 131_072


def search(call: Call) -> Json:
    """Tell the files that a query fits, the best first."""
    return {"files": _matches(call.server, call.params["query"], call.params["roots"])}


def start_session(call: Call) -> None:
    """Begin a search whose query changes; an old one of the same id ends."""
    session, roots = call.params["sessionId"], call.params["roots"]
    if not session:
        raise RpcError("sessionId must not be empty")
    if not roots:
        message = "failed to start fuzzy file search session: at least one search directory is required"
        raise RpcError(message, INTERNAL)
    call.server.process.add_search(session, roots)
    call.afterwards(_tell(call.server, session, ""))


def update_session(call: Call) -> None:
    """Change the query of a search; everyone is told what it finds."""
    session = call.params["sessionId"]
    if session not in call.server.process.searches:
        raise RpcError(f"fuzzy file search session not found: {session}")
    call.afterwards(_tell(call.server, session, call.params["query"]))


def stop_session(call: Call) -> None:
    """End a search."""
    call.server.process.searches.pop(call.params["sessionId"], None)


def _tell(server: AppServer, session: str, query: str) -> Steps:
    found = _matches(server, query, server.process.searches.get(session, []))
    server.notify_all("fuzzyFileSearch/sessionUpdated", {"sessionId": session, "query": query, "files": found})
    server.notify_all("fuzzyFileSearch/sessionCompleted", {"sessionId": session})
    yield from ()


def _matches(server: AppServer, query: str, roots: list[str]) -> list[Json]:
    if not query.strip() or len(query) > _LONGEST_QUERY:
        return []
    places = [posixpath.normpath(posixpath.join(server.cwd, root)) for root in roots]
    files = (
        found
        for root in places
        for path, entry in islice(_candidates(server.files, root), _MOST_FILES)
        if (found := _match(server, query, _deepest(places, f"{root}/{path}"), entry)) is not None
    )
    return sorted(files, key=lambda found: (-found["score"], found["path"]))[:_MOST_MATCHES]


def _match(server: AppServer, query: str, place: tuple[str, str], entry: Entry) -> Json | None:
    root, path = place
    found = match(query, path) if len(path) <= _LONGEST_PATH else None
    if found is None:
        return None
    name = posixpath.basename(path)
    score = found.score
    if server.traits.scores_file_names and match(query, name) is not None:
        score += _THE_NAME if name.lower() == query.lower() else _IN_NAME
    kind = "directory" if entry.is_directory else "file"
    indices = list(found.indices)
    return {"root": root, "path": path, "match_type": kind, "file_name": name, "score": score, "indices": indices}


def _deepest(roots: list[str], whole: str) -> tuple[str, str]:
    """Return the innermost root that a path lies in, and the path from there."""
    root = max((root for root in roots if whole.startswith(f"{root}/")), key=len)
    return root, whole.removeprefix(f"{root}/")


def _candidates(tree: Tree, root: str) -> Iterator[tuple[str, Entry]]:
    """Yield what is below a root, without what a repository ignores."""
    try:
        names = tree.names(root)
        ignored = _ignored(tree, root) if ".git" in names and ".gitignore" in names else []
        for path, entry in tree.below(root):
            if not any(_fits(pattern, path, entry) for pattern in ignored):
                yield path, entry
    except OSError:
        return


def _ignored(tree: Tree, root: str) -> list[str]:
    lines = tree.read(f"{root}/.gitignore").decode(errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(("#", "!"))]


def _fits(pattern: str, path: str, entry: Entry) -> bool:
    """Tell whether a simple pattern covers a path, by itself or by a folder around it."""
    steps = path.split("/")
    folders = steps if entry.is_directory else steps[:-1]
    plain = pattern.strip("/")
    if "/" in plain:
        return fnmatch.fnmatchcase(path, plain) or path.startswith(f"{plain}/")
    return any(fnmatch.fnmatchcase(step, plain) for step in (folders if pattern.endswith("/") else steps))


HANDLERS: dict[str, Handler] = {
    "fuzzyFileSearch": search,
    "fuzzyFileSearch/sessionStart": start_session,
    "fuzzyFileSearch/sessionUpdate": update_session,
    "fuzzyFileSearch/sessionStop": stop_session,
}
