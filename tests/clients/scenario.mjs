// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client does with a Toolpost that serves the echo, countdown and conformance
// plugins. One line of JSON for each check goes to stdout; run.py draws the table.
import { readFileSync, watch } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';
import { checksFor, countingFetch } from './features.mjs';

const PATIENCE_MS = 20_000;
const ODD_TEXT = 'grüße 🌍 "quoted" \\ back\nnew line\ttab </script> \u2028';

/** Arguments for each tool the server may list, and what has to come of them. */
const CALLS = JSON.parse(readFileSync(fileURLToPath(new URL('tools.json', import.meta.url)), 'utf8'));

export function expect(condition, what) {
  if (!condition) throw new Error(what);
}

export function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Resolves when the server's log has a line that `matches` accepts. */
function logLine(file, matches, what) {
  let watcher;
  const found = new Promise((resolve) => {
    const look = () => {
      const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
      if (lines.some(matches)) resolve();
    };
    watcher = watch(file, look);
    look();
  });
  return within(found, what).finally(() => watcher.close());
}

export const texts = (result) => result.content.filter((c) => c.type === 'text').map((c) => c.text).join('\n');

export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the call was answered, but should have been refused');
}

async function checkConnect({ client, options }) {
  expect(client.getServerVersion()?.name === 'toolpost', `server is ${JSON.stringify(client.getServerVersion())}`);
  expect(client.negotiated() === options.version, `negotiated ${client.negotiated()}, not ${options.version}`);
  expect(client.getServerCapabilities()?.tools, 'no tools capability');
}

async function checkList({ client }) {
  const first = await client.listTools();
  const names = first.tools.map((tool) => tool.name);
  for (const wanted of Object.keys(CALLS)) expect(names.includes(wanted), `${wanted} is not listed`);
  for (const tool of first.tools) expect(tool.inputSchema?.type === 'object', `${tool.name}: no object schema`);
  const again = (await client.listTools()).tools.map((tool) => tool.name);
  expect(isDeepStrictEqual(names, again), 'two lists differ in order');
}

async function checkEveryTool({ client }) {
  const { tools } = await client.listTools();
  for (const { name } of tools) {
    const plan = CALLS[name];
    expect(plan, `tests/clients/tools.json says nothing of ${name}`);
    const call = within(client.call(name, plan.arguments), name);
    if (plan.error_code) {
      const error = await rejection(call);
      expect(error.code === plan.error_code, `${name}: code ${error.code}, not ${plan.error_code}`);
      continue;
    }
    const result = await call;
    expect(Boolean(result.isError) === Boolean(plan.is_error), `${name}: ${JSON.stringify(result)}`);
    if (plan.text) expect(texts(result).includes(plan.text), `${name}: text ${JSON.stringify(texts(result))}`);
    if (plan.content_types) {
      const types = result.content.map((c) => c.type);
      expect(isDeepStrictEqual(types, plan.content_types), `${name}: content ${types}`);
    }
  }
}

async function checkText({ client }) {
  const result = await client.call('echo', { text: ODD_TEXT });
  expect(texts(result).includes(ODD_TEXT), `came back as ${JSON.stringify(texts(result))}`);
}

async function checkStructured({ client }) {
  const result = await client.call('test_structured_content', { left: 2, right: 40 });
  expect(isDeepStrictEqual(result.structuredContent, { sum: 42 }), JSON.stringify(result));
  expect(isDeepStrictEqual(JSON.parse(texts(result)), { sum: 42 }), 'the text block does not repeat it');
}

async function checkUnknownTool({ client }) {
  const error = await rejection(client.call('no_such_tool', {}));
  expect(error.code === -32602, `code ${error.code}: ${error.message}`);
}

async function checkInvalidArguments({ client }) {
  const wrong = await client.call('echo', { text: 5 });
  expect(wrong.isError === true, `not a tool error: ${JSON.stringify(wrong)}`);
  expect(/\/text/.test(texts(wrong)), `the path /text is not named: ${texts(wrong)}`);
  expect(/type|string/.test(texts(wrong)), `the rule is not named: ${texts(wrong)}`);
  const missing = await client.call('echo', {});
  expect(missing.isError === true && /text/.test(texts(missing)), `not named: ${JSON.stringify(missing)}`);
}

async function checkProgress({ client }) {
  const seen = [];
  let answered = false;
  const result = await within(
    client.call('countdown', { from: 5, interval_ms: 200 }, {
      onprogress: (p) => seen.push({ ...p, late: answered }),
    }),
    'countdown',
  );
  answered = true;
  expect(!result.isError, JSON.stringify(result));
  expect(seen.length >= 2, `${seen.length} progress notifications`);
  for (let i = 1; i < seen.length; i++) expect(seen[i].progress > seen[i - 1].progress, JSON.stringify(seen));
  expect(seen.every((p) => !p.late), 'progress after the result');
}

async function checkCancellation({ client, options }) {
  const abort = new AbortController();
  const answers = client.answers();
  let ticks = 0;
  const call = client.call('test_until_cancelled', {}, {
    signal: abort.signal,
    onprogress: () => ++ticks === 2 && abort.abort('the user changed their mind'),
  });
  await rejection(within(call, 'the aborted call'));
  await logLine(options.log, (line) => line.includes('on_cancel has run'), 'on_cancel in the log');
  const before = answers.length;
  await client.call('echo', { text: 'after the cancellation' });
  expect(answers.length === before + 1, `an answer to the cancelled call: ${JSON.stringify(answers)}`);
}

async function checkConcurrency({ client }) {
  const finished = [];
  const note = (name) => (result) => (finished.push(name), result);
  let started;
  const running = new Promise((resolve) => (started = resolve));
  const slow = client.call('countdown', { from: 10, interval_ms: 300 }, { onprogress: () => started() }).then(note('slow'));
  await within(running, 'progress of the slow call');
  const quick = ['one', 'two'].map((text) => client.call('echo', { text }).then(note(text)));
  const [, one, two] = await within(Promise.all([slow, ...quick]), 'three concurrent calls');
  expect(finished.at(-1) === 'slow', `finished in the order ${finished}`);
  expect(texts(one).includes('one') && texts(two).includes('two'), 'answers were mixed up');
}

const CHECKS = {
  connect: checkConnect,
  list: checkList,
  'every tool': checkEveryTool,
  text: checkText,
  structured: checkStructured,
  'unknown tool': checkUnknownTool,
  'bad arguments': checkInvalidArguments,
  progress: checkProgress,
  cancellation: checkCancellation,
  concurrency: checkConcurrency,
};

/** `connect` takes the options that run.py passed and returns a client with call, negotiated, answers. */
export async function run(connect) {
  const options = JSON.parse(process.argv[2]);
  const report = (check, problem) => console.log(JSON.stringify({ check, problem }));
  let client;
  try {
    client = await within(connect(options), 'connecting');
  } catch (error) {
    report('connect', String(error?.stack ?? error));
    process.exit(1);
  }
  const checks = options.features ? checksFor(options)
    : options.tasks ? (await import('./tasks.mjs')).checksFor(options)
    : options.packages ? (await import('./packages.mjs')).CHECKS
    : options.codebase ? (await import('./codebase.mjs')).CHECKS
    : options.roles ? (await import('./roles.mjs')).CHECKS : CHECKS;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check({ client, options, connect });
      report(name, null);
    } catch (error) {
      report(name, String(error?.message ?? error));
    }
  }
  try {
    await within(client.close(), 'closing');
    report('close', null);
  } catch (error) {
    report('close', String(error?.message ?? error));
  }
  process.exit(0);
}

/** How the key of a user is presented: in a header over HTTP, in the environment on stdio. */
export const httpOptions = ({ key }, counts) => ({
  ...(key ? { requestInit: { headers: { Authorization: `Bearer ${key}` } } } : {}),
  ...(counts ? { fetch: countingFetch(counts) } : {}),
});
export const environment = ({ key, environment: given }) =>
  given ? { ...given, ...(key ? { MCP_API_KEY: key } : {}) } : undefined;

/** Keeps every JSON-RPC answer that the transport delivers, also those the client would drop. */
export function recordAnswers(transport) {
  const answers = [];
  const deliver = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if (message.id !== undefined && message.method === undefined) answers.push(message);
    deliver?.(message, extra);
  };
  return answers;
}
