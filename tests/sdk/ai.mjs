// The AI SDK with its OpenAI provider, over Responses and over Chat Completions.
import assert from "node:assert/strict";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, generateObject, generateText, isStepCount, streamText, tool } from "ai";
import { z } from "zod";

const settings = { baseURL: process.env.OPENAI_BASE_URL, apiKey: process.env.OPENAI_API_KEY };
const openai = createOpenAI(settings);
const stranger = createOpenAI({ ...settings, apiKey: "sk-wrong" });
const hello = "Hello, how are you?";
const prompt = "Say hello.";
const schema = z.object({ a: z.string() });

for (const api of ["responses", "chat"]) {
  const model = openai[api]("gpt-5.5");
  const quiet = { model, maxRetries: 0 };
  const cities = [];
  const execute = async ({ city }) => (cities.push(city), "sunny");
  const tools = { get_weather: tool({ inputSchema: z.object({ city: z.string() }), execute }) };
  const loop = { ...quiet, tools, prompt: "What is the weather?", stopWhen: isStepCount(3) };

  assert.equal((await generateText({ ...quiet, prompt })).text, hello);
  assert.equal(await streamText({ ...quiet, prompt }).text, hello);
  assert.equal((await generateText(loop)).text, "Hello, it is sunny in Paris.");
  assert.equal(await streamText(loop).text, "Hello, it is sunny in Paris.");
  assert.deepEqual(cities, ["Paris", "Paris"]);
  assert.deepEqual((await generateObject({ ...quiet, prompt, schema })).object, { a: "hello" });

  const parts = [];
  const failing = streamText({ ...quiet, prompt: "Please fail.", onError() {} });
  for await (const part of failing.fullStream) parts.push(part.type);
  assert.ok(parts.includes("error"), parts.join(", "));

  const refused = generateText({ ...quiet, model: stranger[api]("gpt-5.5"), prompt });
  await assert.rejects(refused, (error) => APICallError.isInstance(error) && error.statusCode === 401);
}

console.log("done");
