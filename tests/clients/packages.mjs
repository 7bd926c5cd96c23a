// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client does with a Toolpost that serves uv-package on the test index: all
// eight tools on one project, a refusal, progress, and a cancelled download.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, rejection, texts, within } from './scenario.mjs';

const GONE_WITHIN_MS = 2500;
const TOOLS = ['add', 'init', 'install', 'lock', 'remove', 'sync', 'uninstall', 'upgrade'];

/** Other processes tell nobody when they change, so there is nothing to wait on but a look. */
async function becomes(condition, limit) {
  const began = performance.now();
  while (performance.now() - began < limit) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** The processes that uv-package started for this run: its private cache is in their environment. */
function descendants(mark) {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

async function changes(client, tool, args) {
  const result = await within(client.call(tool, args), tool);
  expect(!result.isError, `${tool}: ${texts(result)}`);
  return Object.fromEntries(result.structuredContent.changes.map((c) => [c.package, c.kind]));
}

async function checkList({ client }) {
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  expect(JSON.stringify(names) === JSON.stringify(TOOLS), `listed are ${names}`);
  expect(tools.every((tool) => tool.annotations?.readOnlyHint === false), 'they say that they only read');
}

async function checkEveryTool({ client }) {
  const is = (seen, name, kind) => expect(seen[name] === kind, `${name} is ${seen[name]}: ${JSON.stringify(seen)}`);
  await changes(client, 'init', {});
  const added = await changes(client, 'add', { packages: ['alpha<2'] });
  is(added, 'alpha', 'added');
  is(added, 'beta', 'added');
  await changes(client, 'lock', {});
  is(await changes(client, 'install', { packages: ['gamma'] }), 'gamma', 'added');
  is(await changes(client, 'uninstall', { packages: ['gamma'] }), 'gamma', 'removed');
  is(await changes(client, 'install', { packages: ['gamma'] }), 'gamma', 'added');
  is(await changes(client, 'sync', {}), 'gamma', 'removed');
  await changes(client, 'upgrade', {});
  is(await changes(client, 'remove', { packages: ['alpha'] }), 'alpha', 'removed');
}

async function checkRefusal({ client }) {
  const option = await client.call('install', { packages: ['--index-url=http://packages.example'] });
  expect(option.isError && /packages\[0\]/.test(texts(option)), JSON.stringify(option));
  const unknown = await client.call('add', { packages: ['no-such-package'] });
  expect(unknown.isError && /no-such-package/.test(texts(unknown)), JSON.stringify(unknown));
}

async function checkProgress({ client }) {
  const seen = [];
  await within(client.call('add', { packages: ['gamma'] }, { onprogress: (p) => seen.push(p.progress) }), 'add');
  expect(seen.length >= 1, 'no progress');
}

async function checkCancellation({ client, options }) {
  const { index, mark } = options.packages;
  const accessLog = async () => JSON.stringify(await (await fetch(index.replace('/simple/', '/access-log'))).json());
  const downloads = async () => (await accessLog()).split('slow-1.0-py3-none-any.whl"').length;
  const before = await downloads();
  const abort = new AbortController();
  const call = client.call('install', { packages: ['slow'] }, { signal: abort.signal });
  const refused = rejection(call);
  expect(await becomes(async () => (await downloads()) > before, 20_000), 'the download did not begin');
  expect(descendants(mark).length > 0, 'uv should be running');
  const answers = client.answers().length;
  abort.abort('the user changed their mind');
  await within(refused, 'the aborted call');
  const gone = await becomes(() => descendants(mark).length === 0, GONE_WITHIN_MS);
  expect(gone, `still there after ${GONE_WITHIN_MS} ms: ${descendants(mark)}`);
  await client.listTools();
  expect(client.answers().length <= answers + 1, 'the cancelled call was answered');
}

export const CHECKS = {
  list: checkList,
  'every tool': checkEveryTool,
  refusals: checkRefusal,
  progress: checkProgress,
  cancellation: checkCancellation,
};
