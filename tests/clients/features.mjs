// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client does with resources, prompts, completions, log messages, questions,
// changes and broken streams. One source for both eras: where they differ, the client's own way.
import { isDeepStrictEqual } from 'node:util';
import { expect, rejection, texts, within } from './scenario.mjs';

const STATIC = 'test://static-text';
const PICTURE = 'test://static-binary';
const WATCHED = 'test://watched-resource';
const LOGGER = 'io.toolpost.conformance';
const ROOTS = [{ uri: 'file:///home/ann/one', name: 'one' }, { uri: 'file:///home/ann/two', name: 'two' }];

const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } };
const extensions = { 'io.modelcontextprotocol/tasks': {} };

/** What the client declares, and whether there has to be somebody who answers. */
export function declared({ features, tasks }) {
  if (!features && !tasks) return undefined;
  return { capabilities: { ...capabilities, ...(tasks && !tasks.plain ? { extensions } : {}) } };
}

/** What the server has told or asked, in its order; `next` waits for what `wanted` accepts. */
class Inbox {
  #waiting = [];
  #here = [];

  put(thing) {
    const place = this.#waiting.findIndex(({ wanted }) => wanted(thing));
    if (place < 0) this.#here.push(thing);
    else this.#waiting.splice(place, 1)[0].resolve(thing);
  }

  next(wanted, what) {
    const place = this.#here.findIndex(wanted);
    if (place >= 0) return Promise.resolve(this.#here.splice(place, 1)[0]);
    return within(new Promise((resolve) => this.#waiting.push({ wanted, resolve })), what);
  }

  empty() {
    return this.#here.splice(0);
  }
}

/** Called before connecting: `on.request` and `on.notification` register in the client's own way. */
export function prepare(client, on) {
  const desk = { heard: new Inbox(), logs: new Inbox(), asked: [], answer: () => ({ action: 'cancel' }) };
  client.desk = desk;
  on.request('elicitation/create', ({ params }) => {
    desk.asked.push(params);
    return desk.answer(params);
  });
  on.request('sampling/createMessage', ({ params }) => ({
    role: 'assistant',
    model: 'a model of the tests',
    content: { type: 'text', text: `You said: ${[params.messages[0].content].flat()[0].text}` },
  }));
  on.request('roots/list', () => ({ roots: ROOTS }));
  on.notification('notifications/message', ({ params }) => desk.logs.put(params));
  for (const list of ['tools', 'prompts', 'resources']) {
    on.notification(`notifications/${list}/list_changed`, () => desk.heard.put({ list }));
  }
  on.notification('notifications/resources/updated', ({ params }) => desk.heard.put({ uri: params.uri }));
}

/** A fetch that counts how often a stream was asked for from where it broke. */
export function countingFetch(counts) {
  return (url, init) => {
    if (init?.method === 'GET' && new Headers(init.headers).has('last-event-id')) counts.resumed += 1;
    return fetch(url, init);
  };
}

const isModern = ({ options }) => options.era === 'modern';
const names = (list) => list.map(({ name }) => name);

async function checkResources({ client }) {
  const { resources } = await client.listResources();
  for (const uri of [STATIC, PICTURE, WATCHED]) expect(resources.some((r) => r.uri === uri), `${uri} is not listed`);
  const text = resources.find((r) => r.uri === STATIC);
  expect(text.name === 'static-text' && text.title === 'Static text' && text.mimeType === 'text/plain', JSON.stringify(text));
  expect(isDeepStrictEqual(text.annotations, { audience: ['user', 'assistant'], priority: 0.5 }), JSON.stringify(text));
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(isDeepStrictEqual(resourceTemplates.map((t) => t.uriTemplate), ['test://template/{id}/data']), JSON.stringify(resourceTemplates));
}

async function checkReading({ client }) {
  const [text] = (await client.readResource({ uri: STATIC })).contents;
  expect(text.uri === STATIC && /static text resource/.test(text.text), JSON.stringify(text));
  const [picture] = (await client.readResource({ uri: PICTURE })).contents;
  const bytes = Buffer.from(picture.blob, 'base64');
  expect(picture.mimeType === 'image/png' && bytes.subarray(1, 4).toString() === 'PNG', JSON.stringify(picture));
  const uri = 'test://template/gr%C3%BC%C3%9Fe/data';
  const [made] = (await client.readResource({ uri })).contents;
  expect(made.uri === uri && JSON.parse(made.text).id === 'grüße', JSON.stringify(made));
}

async function checkNotFound(context) {
  const code = context.client.notFound ?? (isModern(context) ? -32602 : -32002);
  for (const uri of ['test://no-such-resource', 'test://template/missing/data']) {
    const error = await rejection(context.client.readResource({ uri }));
    expect(error.code === code, `${uri}: code ${error.code}: ${error.message}`);
    expect(JSON.stringify(error.data ?? error.message).includes(uri), `${uri} is not named: ${JSON.stringify(error.data)}`);
  }
}

async function checkPrompts({ client }) {
  const { prompts } = await client.listPrompts();
  const two = prompts.find(({ name }) => name === 'test_prompt_with_arguments');
  expect(isDeepStrictEqual(two?.arguments.map((a) => [a.name, a.required]), [['arg1', true], ['arg2', true]]), JSON.stringify(two));
  const got = await client.getPrompt({ name: two.name, arguments: { arg1: 'ä "quoted"', arg2: '' } });
  expect(got.messages[0].content.text.includes(`arg1='ä "quoted"', arg2=''`), JSON.stringify(got));
  const every = await client.getPrompt({ name: 'test_prompt_with_every_content' });
  const types = every.messages.map(({ content }) => content.type);
  expect(isDeepStrictEqual(types, ['text', 'image', 'audio', 'resource_link', 'resource']), `content ${types}`);
  for (const wrong of [{ name: two.name, arguments: { arg1: 'x' } }, { name: 'no_such_prompt' }]) {
    const error = await rejection(client.getPrompt(wrong));
    expect(error.code === -32602, `${JSON.stringify(wrong)}: code ${error.code}`);
  }
}

async function checkCompletion({ client }) {
  const ofPrompt = { type: 'ref/prompt', name: 'test_prompt_with_arguments' };
  const ofTemplate = { type: 'ref/resource', uri: 'test://template/{id}/data' };
  const cases = [
    [ofPrompt, 'arg1', 'test', ['test', 'testValue1', 'testing']],
    [ofPrompt, 'arg1', 'nothing', []],
    [ofTemplate, 'id', '12', ['123', '124']],
    [ofPrompt, 'arg2', '', []],
  ];
  for (const [ref, name, value, wanted] of cases) {
    const { completion } = await client.complete({ ref, argument: { name, value } });
    expect(isDeepStrictEqual(completion.values, wanted), `${name}=${value}: ${JSON.stringify(completion)}`);
  }
  const error = await rejection(client.complete({ ref: { type: 'ref/prompt', name: 'none' }, argument: { name: 'a', value: '' } }));
  expect(error.code === -32602, `an unknown prompt: code ${error.code}`);
}

async function checkLogging(context) {
  const { client } = context;
  const log = (level) => {
    if (!isModern(context)) return client.call('test_tool_with_logging', {});
    return client.call('test_tool_with_logging', {}, undefined, level && { 'io.modelcontextprotocol/logLevel': level });
  };
  await log();
  expect(client.desk.logs.empty().length === 0, 'messages that nobody asked for');
  if (!isModern(context)) await client.setLoggingLevel('debug');
  await log('debug');
  for (const part of ['started', 'processing', 'completed']) {
    const told = await client.desk.logs.next(() => true, `the message "${part}"`);
    expect(told.level === 'info' && told.logger === LOGGER && told.data.includes(part), JSON.stringify(told));
  }
  if (!isModern(context)) await client.setLoggingLevel('error');
  await log('error');
  expect(client.desk.logs.empty().length === 0, 'messages below the level');
}

async function checkElicitation({ client }) {
  const { desk } = client;
  const content = { username: 'ann', email: 'ann@example.com' };
  for (const answer of [{ action: 'accept', content }, { action: 'decline' }, { action: 'cancel' }]) {
    desk.asked.length = 0;
    desk.answer = () => answer;
    const said = texts(await client.call('test_elicitation', { message: 'Who are you?' }));
    expect(said.includes(`action=${answer.action}`), `${answer.action}: ${said}`);
    if (answer.content) expect(isDeepStrictEqual(JSON.parse(said.split('content=')[1]), content), said);
    expect(desk.asked.length === 1 && desk.asked[0].message === 'Who are you?', JSON.stringify(desk.asked));
    expect(isDeepStrictEqual(desk.asked[0].requestedSchema.required, ['username', 'email']), JSON.stringify(desk.asked));
  }
  desk.answer = (params) => ({ action: params.mode === 'url' && params.url === 'https://example.com/in' ? 'accept' : 'decline' });
  const visited = texts(await client.call('test_url_elicitation', {}));
  expect(visited === 'The page was opened.', visited);
}

async function checkAsking({ client }) {
  const sampled = texts(await client.call('test_sampling', { prompt: 'Say something' }));
  expect(sampled === 'LLM response: You said: Say something', sampled);
  const roots = texts(await client.call('test_list_roots', {}));
  expect(roots === ROOTS.map(({ uri, name }) => `${uri} ${name}`).join('\n'), roots);
}

const FORMS = { name: 'Ann', color: 'green', ok: true, context: 'the tests' };

async function checkRounds({ client }) {
  const { desk } = client;
  desk.answer = ({ requestedSchema }) => {
    const content = {};
    for (const field of Object.keys(requestedSchema.properties ?? {})) content[field] = FORMS[field];
    return { action: 'accept', content };
  };
  const cases = {
    test_input_required_result_request_state: 'state-ok',
    test_input_required_result_multi_round: 'Ann likes green.',
    test_input_required_result_multiple_inputs: 'You said: Generate a greeting Ann, you have 2 roots.',
  };
  for (const [name, wanted] of Object.entries(cases)) {
    const said = texts(await client.call(name, {}));
    expect(said === wanted, `${name}: ${said}`);
  }
  const prompt = await client.getPrompt({ name: 'test_input_required_result_prompt' });
  expect(prompt.messages[0].content.text === 'Use this context: the tests', JSON.stringify(prompt));
  const [greeting] = (await client.readResource({ uri: 'test://with-question' })).contents;
  expect(greeting.text === 'Hello, Ann!', JSON.stringify(greeting));
  desk.asked.length = 0;
  const endless = await client.call('test_input_required_result_endless', {}).catch((error) => ({ isError: true, error }));
  expect(endless.isError && desk.asked.length < 10, `asked ${desk.asked.length} times: ${JSON.stringify(endless)}`);
}

async function checkAnErrorForAnAnswer(context) {
  const { client } = context;
  client.desk.answer = () => {
    throw new Error('nobody is here');
  };
  const result = await client.call('test_elicitation', { message: '?' }).catch((error) => ({ isError: true, error }));
  expect(result.isError, JSON.stringify(result));
  if (!isModern(context)) expect(texts(result).includes('nobody is here'), JSON.stringify(result));
  expect(!(await client.call('test_simple_text', {})).isError, 'the next call fails');
}

const TRIGGERS = { tools: 'test_trigger_tool_change', prompts: 'test_trigger_prompt_change', resources: 'test_trigger_resource_change' };

async function checkChanges(context) {
  const { client } = context;
  const { heard } = client.desk;
  const filter = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: [WATCHED] };
  const subscription = isModern(context) ? await client.listen(filter) : null;
  if (!subscription) await client.subscribeResource({ uri: WATCHED });
  // Over HTTP a legacy client opens its stream when it likes; the first news says that it is there.
  let first = null;
  heard.next(({ uri }) => uri === WATCHED, 'the first update').then((news) => (first = news), () => {});
  for (let tries = 0; !first && tries < 500; tries++) await client.call('test_trigger_resource_update', {});
  expect(first, 'no update within 500 changes');
  await client.call('test_trigger_resource_update', {});
  await heard.next(({ uri }) => uri === WATCHED, 'an update');
  const there = {
    tools: async () => names((await client.listTools()).tools).includes('test_dynamic_tool'),
    prompts: async () => names((await client.listPrompts()).prompts).includes('test_dynamic_prompt'),
    resources: async () => names((await client.listResources()).resources).includes('dynamic'),
  };
  for (const wanted of [true, false]) {
    for (const [kind, trigger] of Object.entries(TRIGGERS)) {
      await client.call(trigger, {});
      await heard.next(({ list }) => list === kind, `${kind} changed`);
      expect((await there[kind]()) === wanted, `after the change of ${kind} the list is the old one`);
    }
  }
  if (subscription) await subscription.close();
  else await client.unsubscribeResource({ uri: WATCHED });
  heard.empty();
  await client.call('test_trigger_resource_update', {});
  await client.call('test_tool_with_progress', {});
  expect(!heard.empty().some(({ uri }) => uri), 'an update after the end of the subscription');
}

async function checkResumption({ client }) {
  const before = client.counts.resumed;
  const result = await within(client.call('test_until_cancelled', { limit_ms: 1500, interval_ms: 100 }), 'the answer');
  expect(texts(result) === 'The limit is over.', JSON.stringify(result));
  expect(client.counts.resumed > before, 'the stream was not paused, or not resumed by Last-Event-ID');
  const seen = [];
  const counted = await within(
    client.call('countdown', { from: 20, interval_ms: 100 }, { onprogress: ({ progress }) => seen.push(progress) }), 'countdown');
  expect(counted.structuredContent.steps === 20, JSON.stringify(counted));
  // A step that was not taken in time gives way to the next.
  expect(seen.every((step, at) => at === 0 || step > seen[at - 1]) && seen.at(-1) === 20, `progress ${seen}`);
}

const CHECKS = {
  resources: checkResources,
  reading: checkReading,
  'not found': checkNotFound,
  prompts: checkPrompts,
  completion: checkCompletion,
  logging: checkLogging,
  elicitation: checkElicitation,
  asking: checkAsking,
  rounds: checkRounds,
  refusing: checkAnErrorForAnAnswer,
  changes: checkChanges,
};

/** Only a stream of the legacy era over HTTP can be resumed. */
export const checksFor = ({ era, url }) => (era === 'legacy' && url ? { ...CHECKS, resumption: checkResumption } : CHECKS);
