// An editor as small as can be: it starts the ACP adapter of codex, which starts `codex app-server`,
// and sends one prompt. `node acp_client.mjs PACKAGES PROMPT`; the adapter finds codex by CODEX_PATH.
import { spawn } from "node:child_process";
import readline from "node:readline";

const [packages, text] = process.argv.slice(2);
const adapter = spawn(process.execPath, [`${packages}/@agentclientprotocol/codex-acp/dist/index.js`], {
  stdio: ["pipe", "pipe", "inherit"],
});
const waiting = new Map();
let said = "";

const send = (message) => adapter.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

function ask(method, params) {
  const id = waiting.size;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send({ id, method, params });
  });
}

function answer({ id, method, params }) {
  const refusal = params?.options?.find((option) => option.kind === "reject_once");
  if (method === "session/request_permission" && refusal)
    send({ id, result: { outcome: { outcome: "selected", optionId: refusal.optionId } } });
  else send({ id, error: { code: -32601, message: "this editor knows no such request" } });
}

readline.createInterface({ input: adapter.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  const update = message.params?.update;
  if (message.method && message.id !== undefined) answer(message);
  else if (update?.sessionUpdate === "agent_message_chunk") said += update.content.text;
  else if (!message.method && message.error) waiting.get(message.id).reject(new Error(JSON.stringify(message.error)));
  else if (!message.method) waiting.get(message.id).resolve(message.result);
});

function end(code, ...words) {
  (code ? console.error : console.log)(...words);
  adapter.once("exit", () => process.exit(code));
  adapter.stdin.end();
}

adapter.once("exit", (code) => end(1, `the adapter has ended with exit code ${code}`));
try {
  await ask("initialize", { protocolVersion: 1, clientCapabilities: {} });
  const { sessionId } = await ask("session/new", { cwd: process.cwd(), mcpServers: [] });
  const { stopReason } = await ask("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
  adapter.removeAllListeners("exit");
  end(stopReason === "end_turn" ? 0 : 1, said, stopReason === "end_turn" ? "" : stopReason);
} catch (error) {
  adapter.removeAllListeners("exit");
  end(1, said, String(error));
}
