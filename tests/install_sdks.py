"""Install the official Node SDKs for the tests in ``tests/sdk`` that drive them.

They go into ``.sdk/`` at the root of the project. Where npm is missing it says so and succeeds:
those tests are then skipped by name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".sdk"
PACKAGES = {
    "openai": "7.57.0",
    "ai": "7.0.173",
    "@ai-sdk/openai": "4.0.118",
    "zod": "4.6.7",
    "@openai/codex-sdk": "0.163.0",
    "@agentclientprotocol/codex-acp": "2.6.0",
    # A login server that others wrote, for tests/conformance/third_party.
    "oauth2-mock-server": "8.2.3",
    # A mock of model APIs that others wrote, likewise.
    "@copilotkit/aimock": "1.43.0",
}


def main() -> int:
    manifest = json.dumps({"private": True, "dependencies": PACKAGES})
    stamp = FOLDER / "installed.json"
    if stamp.exists() and stamp.read_text() == manifest:
        return 0
    if shutil.which("npm") is None:
        print("npm is not here: the tests of the Node SDKs will be skipped", file=sys.stderr)
        return 0
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "package.json").write_text(manifest)
    # The binaries of codex are optional dependencies, of 400 MB each: the tests have their own.
    command = ["npm", "install", "--omit=optional", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        stamp.write_text(manifest)
    else:
        print(f"{done.stderr}\nthe tests of the Node SDKs will be skipped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
