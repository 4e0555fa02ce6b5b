"""A client of ``codex app-server``: print the rate limits that it shows as JSON."""

from __future__ import annotations

import json
import subprocess
import sys

REQUESTS = (
    {
        "id": 0,
        "method": "initialize",
        "params": {"clientInfo": {"name": "testkit", "title": "testkit", "version": "1"}},
    },
    {"method": "initialized"},
    {"id": 1, "method": "account/rateLimits/read"},
)

server = subprocess.Popen(["codex", "app-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for request in REQUESTS:
    server.stdin.write(json.dumps(request) + "\n")
server.stdin.flush()
answers = (json.loads(line) for line in server.stdout)
print(json.dumps(next(answer["result"]["rateLimits"] for answer in answers if answer.get("id") == 1)))
server.kill()
server.communicate()
sys.exit(0)
