// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client sees of tasks (SEP-2663). Client 2.x sends tasks/get, tasks/update and
// tasks/cancel with our schemas, and puts the task's id into Mcp-Name itself. It has no types for
// tasks. It refuses a result of the type "task", whose handle is therefore taken from what its
// transport has delivered, as is the list of tasks that a subscription honours. SDK 1.x knows the
// experimental tasks of 2025-11-25, which Toolpost does not offer.
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/v4';
import { expect, rejection, texts, within } from './scenario.mjs';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const MISSING = -32021;
const PATIENCE_MS = 20_000;
const RESTARTED = 'The server was restarted while the task ran';
const MEMBERS = ['_meta', 'createdAt', 'lastUpdatedAt', 'pollIntervalMs', 'resultType', 'status', 'taskId', 'ttlMs'];
const REQUESTS = { get: {}, update: { inputResponses: {} }, cancel: {} };

const Anything = z.looseObject({});
const Task = z.looseObject({
  taskId: z.string(),
  status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
  createdAt: z.iso.datetime(),
  lastUpdatedAt: z.iso.datetime(),
  ttlMs: z.int().nullable(),
  pollIntervalMs: z.int().optional(),
});

/** Another client in the same test: one that takes no tasks, or one of another user. */
async function aside({ connect, options }, changes, use) {
  const { key = options.key, ...tasks } = changes;
  const client = await connect({ ...options, key, tasks: { ...options.tasks, ...tasks } });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const about = (client, what, taskId, params = REQUESTS[what], schema = Anything) =>
  within(client.request({ method: `tasks/${what}`, params: { taskId, ...params } }, schema), `tasks/${what}`);

const stateOf = (client, taskId) => about(client, 'get', taskId, {}, Task);

/** The id of the task that the call has become; the client itself tells only that it is one. */
async function begin(client, name, args = {}) {
  const answered = client.answers().length;
  const error = await rejection(within(client.call(name, args), name));
  expect(error.code === 'UNSUPPORTED_RESULT_TYPE' && error.data.resultType === 'task', `${name}: ${error}`);
  const handles = client.answers().slice(answered).map(({ result }) => result).filter((r) => r?.resultType === 'task');
  expect(handles.length === 1, `${name}: ${handles.length} handles`);
  const members = Object.keys(handles[0]).filter((member) => member !== 'statusMessage').sort();
  expect(isDeepStrictEqual(members, MEMBERS), `${name}: members ${members}`);
  const task = Task.parse(handles[0]);
  expect(task.status === 'working', JSON.stringify(task));
  return task.taskId;
}

/** What is known of the task once it has that status, which it must reach without passing an end. */
async function until(client, task, status) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await stateOf(client, task);
    expect(seen.taskId === task, `asked for ${task}: ${JSON.stringify(seen)}`);
    if (seen.status === status) return seen;
    expect(['working', 'input_required'].includes(seen.status), `wanted ${status}: ${JSON.stringify(seen)}`);
    expect(Date.now() < end, `not ${status} within ${PATIENCE_MS} ms: ${JSON.stringify(seen)}`);
  }
}

async function acknowledged(promise, what) {
  const members = Object.keys(await promise).filter((member) => member !== '_meta');
  expect(members.length === 0, `${what}: the acknowledgement has ${members}`);
}

/** The result of a call and that of its task, without what the envelope of each adds. */
const bare = ({ _meta, resultType, ...result }) => result;

async function unknownTo(client, task, whose) {
  for (const what of Object.keys(REQUESTS)) {
    const error = await rejection(about(client, what, task));
    expect(error.code === -32602 && /Unknown task/.test(error.message), `${whose}, ${what}: ${error.code} ${error.message}`);
  }
}

async function checkOffer({ client }) {
  const { extensions } = client.getServerCapabilities();
  expect(isDeepStrictEqual(extensions?.[EXTENSION], {}), `extensions ${JSON.stringify(extensions)}`);
}

async function checkResult(context) {
  const { client } = context;
  const args = { seconds: 0.2, label: 'grüße' };
  const plain = await aside(context, { plain: true }, (other) => other.call('slow_compute', args));
  expect(texts(plain) === 'Computed grüße.', JSON.stringify(plain));
  const { result } = await until(client, await begin(client, 'slow_compute', args), 'completed');
  expect(isDeepStrictEqual(bare(result), bare(plain)), `${JSON.stringify(result)} is not ${JSON.stringify(plain)}`);
}

async function checkErrors(context) {
  const { client } = context;
  const failed = await until(client, await begin(client, 'failing_job'), 'completed');
  expect(failed.result.isError && /always does/.test(texts(failed.result)), JSON.stringify(failed));
  const plain = await aside(context, { plain: true }, (other) => rejection(other.call('protocol_error_job', {})));
  const broken = await until(client, await begin(client, 'protocol_error_job'), 'failed');
  expect(broken.error.code === -32603 && plain.code === -32603, `${plain.code}: ${JSON.stringify(broken)}`);
  expect(plain.message.includes(broken.error.message) && broken.error.message, `${plain}: ${JSON.stringify(broken)}`);
  expect(!('result' in broken), JSON.stringify(broken));
}

async function checkCancel({ client }) {
  const task = await begin(client, 'slow_compute', { seconds: 100 });
  for (const time of ['first', 'second']) {
    await acknowledged(about(client, 'cancel', task), `the ${time} cancellation`);
    const seen = await until(client, task, 'cancelled');
    expect(!('result' in seen) && !('error' in seen), JSON.stringify(seen));
  }
}

async function checkInput({ client }) {
  const task = await begin(client, 'multi_input');
  const { inputRequests } = await until(client, task, 'input_required');
  expect(isDeepStrictEqual(Object.keys(inputRequests).sort(), ['first', 'second']), JSON.stringify(inputRequests));
  for (const [key, { method, params }] of Object.entries(inputRequests)) {
    expect(method === 'elicitation/create' && params.message === `The ${key}?`, JSON.stringify(inputRequests));
  }
  const said = (name) => ({ action: 'accept', content: { name } });
  const update = (inputResponses) => about(client, 'update', task, { inputResponses });
  await acknowledged(update({ second: said('two'), other: said('nobody asked') }), 'one of two answers');
  const half = await stateOf(client, task);
  expect(half.status === 'input_required', JSON.stringify(half));
  expect(isDeepStrictEqual(Object.keys(half.inputRequests), ['first']), JSON.stringify(half));
  const error = await rejection(update({ first: said(1) }));
  expect(error.code === -32602 && /inputResponses\/first/.test(error.message), `${error.code}: ${error.message}`);
  await acknowledged(update({ first: said('one') }), 'the other answer');
  const { result } = await until(client, task, 'completed');
  const answers = JSON.parse(texts(result).replace('Answers: ', ''));
  expect(isDeepStrictEqual(answers, { second: { name: 'two' }, first: { name: 'one' } }), texts(result));
}

/** A tool that requires a task asks as any call does, and the client answers by itself. */
async function checkAskingFirst({ client }) {
  client.desk.asked.length = 0;
  client.desk.answer = () => ({ action: 'accept', content: { name: 'Ann' } });
  const { result } = await until(client, await begin(client, 'test_tool_with_task'), 'completed');
  expect(client.desk.asked.length === 1, `asked ${client.desk.asked.length} times`);
  expect(texts(result) === 'The work for Ann is done.', texts(result));
}

function isMissing(error, what) {
  expect(error.code === MISSING && error.message.includes(EXTENSION), `${what}: ${error.code} ${error.message}`);
  const { requiredCapabilities } = error.data;
  expect(isDeepStrictEqual(requiredCapabilities, { extensions: { [EXTENSION]: {} } }), `${what}: ${JSON.stringify(error.data)}`);
}

async function checkRequired(context) {
  const task = await begin(context.client, 'slow_compute', { seconds: 0 });
  await aside(context, { plain: true }, async (other) => {
    for (const tool of ['failing_job', 'test_tool_with_task']) isMissing(await rejection(other.call(tool, {})), tool);
    for (const what of Object.keys(REQUESTS)) isMissing(await rejection(about(other, what, task)), what);
    isMissing(await rejection(other.listen({ taskIds: [task] })), 'listen');
  });
}

/** Opens a subscription to tasks; `heard` grows with what is told of them. */
async function listen(client, taskIds) {
  const heard = [];
  let wake = () => {};
  client.setNotificationHandler('notifications/tasks', { params: Task }, (params) => {
    heard.push(params);
    wake();
  });
  const tap = { honoured: undefined, deliver: client.transport.onmessage };
  client.transport.onmessage = (message, extra) => {
    if (message.method === 'notifications/subscriptions/acknowledged') tap.honoured = message.params.notifications;
    tap.deliver(message, extra);
  };
  const subscription = await client.listen({ taskIds });
  client.transport.onmessage = tap.deliver;
  const reached = (status) =>
    within(new Promise((resolve) => {
      wake = () => heard.some((one) => one.status === status) && resolve(heard.find((one) => one.status === status));
      wake();
    }), `the news that the task is ${status}`);
  return { honoured: tap.honoured, heard, reached, close: () => subscription.close() };
}

async function checkNotifications({ client }) {
  const task = await begin(client, 'confirm_delete', { filename: 'f' });
  await until(client, task, 'input_required');
  const news = await listen(client, [task, 'no-such-task']);
  expect(isDeepStrictEqual(news.honoured, { taskIds: [task] }), JSON.stringify(news.honoured));
  await until(client, await begin(client, 'slow_compute', { seconds: 0 }), 'completed');
  await about(client, 'update', task, { inputResponses: { confirm: { action: 'accept', content: { confirm: true } } } });
  const last = await news.reached('completed');
  expect(texts(last.result) === 'Deleted f.', JSON.stringify(last));
  expect(news.heard.every(({ taskId }) => taskId === task), `told of another task: ${JSON.stringify(news.heard)}`);
  await news.close();
}

async function checkUnknown({ client }) {
  const task = await begin(client, 'slow_compute', { seconds: 0 });
  await unknownTo(client, `${task}x`, 'a longer id');
  await unknownTo(client, 'no-such-task', 'no id');
}

async function checkStranger(context) {
  const { client, options } = context;
  const task = await begin(client, 'confirm_delete', { filename: 'f' });
  await until(client, task, 'input_required');
  await aside(context, { key: options.tasks.stranger }, async (stranger) => {
    await unknownTo(stranger, task, "somebody else's");
    const news = await listen(stranger, [task]);
    expect(!news.honoured.taskIds?.length, `a stranger may listen: ${JSON.stringify(news.honoured)}`);
    await news.close();
  });
  expect((await stateOf(client, task)).status === 'input_required', 'the stranger has touched it');
  await acknowledged(about(client, 'cancel', task), 'its owner');
}

/** The last of the first server: by SIGKILL, which only what is on the disk survives. */
async function checkKill({ connect, options }) {
  const client = await connect(options);
  const done = await begin(client, 'slow_compute', { seconds: 0, label: 'kept' });
  const before = await until(client, done, 'completed');
  const running = await begin(client, 'slow_compute', { seconds: 100 });
  const asking = await begin(client, 'confirm_delete', { filename: 'f' });
  await until(client, asking, 'input_required');
  await begin(client, 'slow_compute', { seconds: 100 }); // its handle comes after the others are on the disk
  writeFileSync(options.tasks.left, JSON.stringify({ done, before, lost: [running, asking] }));
  process.kill(Number(readFileSync(options.tasks.pid, 'utf8')), 'SIGKILL');
  await client.close();
}

const left = ({ options }) => JSON.parse(readFileSync(options.tasks.left, 'utf8'));

async function checkKept(context) {
  const { done, before } = left(context);
  const seen = await stateOf(context.client, done);
  expect(isDeepStrictEqual(bare(seen), bare(before)), `${JSON.stringify(seen)}, not ${JSON.stringify(before)}`);
  expect(texts(seen.result) === 'Computed kept.', JSON.stringify(seen));
}

async function checkLost(context) {
  const { client } = context;
  for (const task of left(context).lost) {
    const seen = await stateOf(client, task);
    expect(seen.status === 'failed' && !('inputRequests' in seen), JSON.stringify(seen));
    expect(seen.statusMessage === RESTARTED && seen.error.message === RESTARTED, JSON.stringify(seen));
    for (const what of ['update', 'cancel']) await acknowledged(about(client, what, task), what);
    expect(isDeepStrictEqual(await stateOf(client, task), seen), 'an end is final');
  }
}

async function checkStrangerAfter(context) {
  const { done, lost } = left(context);
  for (const task of [done, ...lost]) await unknownTo(context.client, task, "somebody else's");
}

/** A legacy client that declares the extension, too: it knows of no task. */
async function checkPlainly({ client }) {
  expect(texts(await client.call('slow_compute', { seconds: 0.2, label: 'it' })) === 'Computed it.', 'slow_compute');
  const error = await rejection(client.call('protocol_error_job', {}));
  expect(error.code === -32603, `protocol_error_job: ${error.code}`);
  client.desk.asked.length = 0;
  client.desk.answer = () => ({ action: 'accept', content: { confirm: true } });
  const deleted = texts(await client.call('confirm_delete', { filename: 'f' }));
  expect(deleted === 'Deleted f.' && client.desk.asked.length === 1, `${deleted} after ${client.desk.asked.length} questions`);
  client.desk.answer = () => ({ action: 'accept', content: { name: 'n' } });
  const said = texts(await client.call('multi_input', {}));
  expect(said.includes('"first"') && said.includes('"second"'), said);
}

async function checkLegacyRequired({ client }) {
  client.desk.asked.length = 0;
  for (const tool of ['failing_job', 'test_tool_with_task']) isMissing(await rejection(client.call(tool, {})), tool);
  expect(client.desk.asked.length === 0, 'asked before it was refused');
}

async function checkNoRequests({ client }) {
  for (const what of Object.keys(REQUESTS)) {
    const error = await rejection(about(client, what, 'any'));
    expect(error.code === -32601, `tasks/${what}: ${error.code} ${error.message}`);
  }
  expect(!client.getServerCapabilities().tasks, 'tasks of 2025-11-25 are offered');
  // The experimental tasks of SDK 1.x: what it adds to the call changes nothing.
  if (!client.experimental?.tasks) return;
  const asked = await client.call('slow_compute', { seconds: 0, label: 'it' }, { task: { ttl: 60_000 } });
  expect(texts(asked) === 'Computed it.', JSON.stringify(asked));
  for (const call of ['getTask', 'cancelTask']) {
    const error = await rejection(client.experimental.tasks[call]('any'));
    expect(error.code === -32601, `${call}: ${error.code} ${error.message}`);
  }
}

const CHECKS = {
  modern: {
    offer: checkOffer,
    result: checkResult,
    errors: checkErrors,
    cancel: checkCancel,
    input: checkInput,
    asking: checkAskingFirst,
    required: checkRequired,
    news: checkNotifications,
    unknown: checkUnknown,
    stranger: checkStranger,
    kill: checkKill,
  },
  legacy: { plainly: checkPlainly, required: checkLegacyRequired, 'no requests': checkNoRequests },
  stranger: { 'after kill: stranger': checkStrangerAfter },
  restarted: { 'after kill: kept': checkKept, 'after kill: lost': checkLost },
};

export const checksFor = ({ tasks }) => CHECKS[tasks.visit];
