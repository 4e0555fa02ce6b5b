"""``fs/*``: reading and changing files."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Callable
from functools import wraps

from codex_mockserver.app_server._base64 import BadBase64, decode_base64, encode_base64
from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server.files._tree import Tree, failure

__all__ = ["HANDLERS", "system_error"]


def system_error(error: OSError) -> RpcError:
    """Return the answer to what the operating system refuses."""
    if error.errno is None:
        return RpcError(str(error))
    number = error.errno
    return RpcError(f"{os.strerror(number)} (os error {number})", INTERNAL)


def _as_system(handler: Callable[[Call], Json | None]) -> Handler:
    """Answer what the operating system refuses as the real one does."""

    @wraps(handler)
    def answer(call: Call) -> Json | None:
        try:
            return handler(call)
        except OSError as error:
            raise system_error(error) from None

    return answer


def read_file(call: Call) -> Json:
    """Tell the content of a file."""
    path, tree = call.params["path"], call.server.files
    if call.server.traits.refuses_to_read_folders and tree.entry(path).is_directory:
        raise RpcError(f"path `{path}` is not a file")
    return {"dataBase64": encode_base64(tree.read(path))}


def write_file(call: Call) -> None:
    """Make a file, or replace its content."""
    try:
        content = decode_base64(call.params["dataBase64"])
    except BadBase64 as bad:
        raise RpcError(f"fs/writeFile requires valid base64 dataBase64: {bad}") from None
    call.server.files.write(call.params["path"], content)


def create_directory(call: Call) -> None:
    """Make a folder, with those around it unless told otherwise."""
    path, tree = call.params["path"], call.server.files
    if call.get("recursive", True):
        _make_folders(tree, path)
    else:
        tree.make_folder(path)


def get_metadata(call: Call) -> Json:
    """Tell what stands at a path."""
    entry = call.server.files.entry(call.params["path"])
    return {
        "isDirectory": entry.is_directory,
        "isFile": not entry.is_directory,
        "isSymlink": entry.is_symlink,
        "createdAtMs": 0,
        "modifiedAtMs": entry.modified_at,
    }


def read_directory(call: Call) -> Json:
    """Tell what is in a folder."""
    path, tree = call.params["path"], call.server.files
    kinds = {name: tree.entry(posixpath.join(path, name)).is_directory for name in tree.names(path)}
    entries = [{"fileName": name, "isDirectory": folder, "isFile": not folder} for name, folder in kinds.items()]
    return {"entries": entries}


def remove(call: Call) -> None:
    """Remove a file, or a folder with all that is in it unless told otherwise."""
    path, tree = call.params["path"], call.server.files
    try:
        entry = tree.entry(path)
    except FileNotFoundError:
        if call.get("force", True):
            return
        raise
    if not entry.is_directory or entry.is_symlink:
        tree.remove_file(path)
    elif call.get("recursive", True):
        _remove_folder(tree, path)
    else:
        tree.remove_folder(path)


def copy(call: Call) -> None:
    """Copy a file, or on demand a folder with all that is in it."""
    source, target, tree = call.params["sourcePath"], call.params["destinationPath"], call.server.files
    entry = tree.entry(source)
    if not entry.is_directory:
        tree.copy_file(source, target)
        return
    if not call.get("recursive", False):
        raise RpcError("fs/copy requires recursive: true when sourcePath is a directory")
    if f"{posixpath.normpath(target)}/".startswith(f"{posixpath.normpath(source)}/"):
        raise RpcError("fs/copy cannot copy a directory to itself or one of its descendants")
    _copy_folder(tree, source, target)


def _make_folders(tree: Tree, path: str) -> None:
    if tree.exists(path):
        if not tree.entry(path).is_directory:
            raise failure(errno.EEXIST, path)
        return
    _make_folders(tree, posixpath.dirname(posixpath.normpath(path)))
    tree.make_folder(path)


def _remove_folder(tree: Tree, path: str) -> None:
    for name in tree.names(path):
        inner = posixpath.join(path, name)
        entry = tree.entry(inner)
        if entry.is_directory and not entry.is_symlink:
            _remove_folder(tree, inner)
        else:
            tree.remove_file(inner)
    tree.remove_folder(path)


def _copy_folder(tree: Tree, source: str, target: str) -> None:
    _make_folders(tree, target)
    for path, entry in list(tree.below(source)):
        if entry.is_directory and not entry.is_symlink:
            _make_folders(tree, posixpath.join(target, path))
        else:
            tree.copy_file(posixpath.join(source, path), posixpath.join(target, path))


HANDLERS: dict[str, Handler] = {
    "fs/readFile": _as_system(read_file),
    "fs/writeFile": _as_system(write_file),
    "fs/createDirectory": _as_system(create_directory),
    "fs/getMetadata": _as_system(get_metadata),
    "fs/readDirectory": _as_system(read_directory),
    "fs/remove": _as_system(remove),
    "fs/copy": _as_system(copy),
}
