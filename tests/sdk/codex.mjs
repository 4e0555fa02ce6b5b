// The TypeScript SDK of codex: it starts `codex exec --experimental-json` for every turn.
import assert from "node:assert/strict";
import { Codex } from "@openai/codex-sdk";

const codex = new Codex({ codexPathOverride: process.env.CODEX_PATH });
const options = {
  skipGitRepoCheck: true,
  workingDirectory: process.env.WORK,
  sandboxMode: "read-only",
  model: "gpt-5.5",
  modelReasoningEffort: "low",
  webSearchMode: "disabled",
};

const thread = codex.startThread(options);
const first = await thread.run("look around");
assert.equal(first.finalResponse, "There is a README.");
assert.deepEqual(
  first.items.map((item) => item.type),
  ["reasoning", "command_execution", "agent_message"],
);
assert.deepEqual(
  [first.items[1].aggregated_output, first.items[1].exit_code, first.items[1].status],
  ["README\n", 0, "completed"],
);
assert.deepEqual([first.usage.input_tokens, first.usage.output_tokens], [300, 30]);
assert.ok(thread.id);

// A second turn is a second process, which goes on with the thread.
const second = await thread.run("and again");
assert.equal(second.finalResponse, "Again.");
assert.equal(second.usage.input_tokens, 400);

const resumed = codex.resumeThread(thread.id, options);
const { events } = await resumed.runStreamed([{ type: "text", text: "structured" }], {
  outputSchema: {
    type: "object",
    properties: { tide: { type: "string" } },
    required: ["tide"],
    additionalProperties: false,
  },
});
const seen = [];
for await (const event of events) seen.push(event);
assert.deepEqual(
  seen.map((event) => event.type),
  ["thread.started", "turn.started", "item.completed", "turn.completed"],
);
assert.deepEqual(JSON.parse(seen[2].item.text), { tide: "high" });

const failing = codex.startThread(options);
await assert.rejects(failing.run("fail"), /ran out of room/);

const slow = codex.startThread(options);
const controller = new AbortController();
const stream = await slow.runStreamed("slowly", { signal: controller.signal });
await assert.rejects(async () => {
  for await (const event of stream.events) if (event.type === "turn.started") controller.abort();
}, /abort/i);

console.log("done");
