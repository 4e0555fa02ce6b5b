// The official Node SDK: each operation of the public API once, with its helpers.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI({ maxRetries: 0 });
const model = "gpt-5.5";
const hello = "Hello, how are you?";
const messages = [{ role: "user", content: "Say hello." }];
const parameters = { type: "object", properties: { city: { type: "string" } } };
const answer = z.object({ a: z.string() });

async function all(pages) {
  const found = [];
  for await (const entry of pages) found.push(entry);
  return found;
}

const response = await client.responses.create({ model, input: "Say hello.", metadata: { k: "v" } });
assert.equal(response.output_text, hello);
assert.deepEqual((await client.responses.retrieve(response.id)).output, response.output);
const items = await all(client.responses.inputItems.list(response.id));
assert.equal(items[0].content[0].text, "Say hello.");

const stream = client.responses.stream({ model, input: "Say hello.", store: true });
let text = "";
stream.on("response.output_text.delta", (event) => (text += event.delta));
const streamed = await stream.finalResponse();
assert.equal(text, hello);

const resumed = await all(await client.responses.retrieve(streamed.id, { stream: true, starting_after: 5 }));
assert.equal(resumed[0].sequence_number, 6);
assert.equal(resumed.at(-1).type, "response.completed");

const parsed = await client.responses.parse({ model, input: "Hi.", text: { format: zodTextFormat(answer, "answer") } });
assert.deepEqual(parsed.output_parsed, { a: "hello" });

const background = await client.responses.create({ model, input: "Say hello.", background: true });
assert.equal(background.status, "queued");
assert.equal((await client.responses.cancel(background.id)).status, "cancelled");
await assert.rejects(client.responses.cancel(response.id), OpenAI.BadRequestError);

assert.ok((await client.responses.inputTokens.count({ model, input: "Hi." })).input_tokens > 0);
assert.equal((await client.responses.compact({ model, input: "Hi." })).object, "response.compaction");
await client.responses.delete(response.id);
await assert.rejects(client.responses.retrieve(response.id), OpenAI.NotFoundError);

const chat = client.chat.completions;
const completion = await chat.create({ model, messages, store: true, metadata: { topic: "demo" } });
assert.equal(completion.choices[0].message.content, hello);
assert.deepEqual((await all(chat.list({ metadata: { topic: "demo" } }))).map((stored) => stored.id), [completion.id]);
assert.equal((await all(chat.messages.list(completion.id)))[0].content, "Say hello.");
assert.deepEqual((await chat.update(completion.id, { metadata: { a: "b" } })).metadata, { a: "b" });
assert.deepEqual((await chat.retrieve(completion.id)).metadata, { a: "b" });
assert.ok((await chat.delete(completion.id)).deleted);

const chatStream = chat.stream({ model, messages, stream_options: { include_usage: true } });
assert.equal(await chatStream.finalContent(), hello);
assert.ok((await chatStream.totalUsage()).total_tokens > 0);

const asked = [];
const runner = chat.runTools({
  model,
  messages: [{ role: "user", content: "What is the weather?" }],
  tools: [
    {
      type: "function",
      function: { name: "get_weather", parameters, parse: JSON.parse, function: (args) => (asked.push(args), "sunny") },
    },
  ],
});
assert.equal(await runner.finalContent(), "Hello, it is sunny in Paris.");
assert.deepEqual(asked, [{ city: "Paris" }]);

const chosen = await chat.parse({ model, messages, response_format: zodResponseFormat(answer, "answer") });
assert.deepEqual(chosen.choices[0].message.parsed, { a: "hello" });

assert.equal((await client.completions.create({ model, prompt: "One" })).choices[0].text, hello);
assert.ok((await all(client.models.list())).some((known) => known.id === model));
assert.equal((await client.models.retrieve(model)).id, model);
await assert.rejects(client.models.retrieve("none"), (error) => error.code === "model_not_found");
await assert.rejects(new OpenAI({ apiKey: "sk-wrong" }).models.list(), OpenAI.AuthenticationError);

console.log("done");
