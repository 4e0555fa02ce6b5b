// The ACP adapter of codex: it starts `codex app-server`, and editors talk to the adapter.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import readline from "node:readline";

const adapter = spawn(process.execPath, ["node_modules/@agentclientprotocol/codex-acp/dist/index.js"], {
  stdio: ["pipe", "pipe", "inherit"],
});
const waiting = new Map();
const asked = [];
let updates = [];

const send = (message) => adapter.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

function ask(method, params) {
  const id = waiting.size;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    send({ id, method, params });
  });
}

readline.createInterface({ input: adapter.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.method === "session/update") updates.push(message.params.update);
  else if (message.method === "session/request_permission") {
    asked.push(message.params);
    const refusal = message.params.options.find((option) => option.kind === "reject_once");
    send({ id: message.id, result: { outcome: { outcome: "selected", optionId: refusal.optionId } } });
  } else if (!message.method) waiting.get(message.id)(message);
});

const of = (kind) => updates.filter((update) => update.sessionUpdate === kind);
const said = () =>
  of("agent_message_chunk")
    .map((update) => update.content.text)
    .join("");

const clientCapabilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
const hello = await ask("initialize", { protocolVersion: 1, clientCapabilities });
assert.equal(hello.result.protocolVersion, 1);

const session = await ask("session/new", { cwd: process.env.WORK, mcpServers: [] });
const { sessionId } = session.result;
// By default a model reviews what leaves the sandbox; here a person does.
await ask("session/set_mode", { sessionId, modeId: "read-only" });

async function prompt(text) {
  updates = [];
  const { result } = await ask("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
  return result;
}

const looked = await prompt("look around");
assert.equal(looked.stopReason, "end_turn");
assert.equal(said(), "There is a README.");
assert.match(of("agent_thought_chunk").map((update) => update.content.text).join(""), /Look first\./);
assert.equal(of("tool_call").length, 1);
assert.equal(of("tool_call_update").at(-1).status, "completed");
assert.deepEqual([looked.usage.inputTokens, looked.usage.outputTokens], [300, 30]);

// The command would leave the sandbox, and the person says no.
const refused = await prompt("write it");
assert.equal(refused.stopReason, "cancelled");
assert.equal(asked.length, 1);
assert.equal(asked[0].toolCall.title, "touch made");

const again = await prompt("and again");
assert.equal(again.stopReason, "end_turn");
assert.equal(said(), "Again.");

await prompt("fail");
assert.match(said(), /ran out of room/);

updates = [];
const slow = ask("session/prompt", { sessionId, prompt: [{ type: "text", text: "slowly" }] });
send({ method: "session/cancel", params: { sessionId } });
assert.equal((await slow).result.stopReason, "cancelled");

console.log("done");
adapter.kill();
