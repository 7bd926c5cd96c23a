// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client does with a Toolpost that serves project-index on the workspace of
// tests/project_index/codebase.py, as a user who may only read: an agent's path through a repository
// that it does not know, each step with what the one before said.
import { expect, rejection, texts, within } from './scenario.mjs';

const TOOLS = ['analyze_codebase', 'discover_projects', 'find_references', 'find_symbol', 'index_project',
  'outline', 'read_file', 'refresh_index', 'search'];
const same = (seen, wanted, what) =>
  expect(JSON.stringify(seen) === JSON.stringify(wanted), `${what}: ${JSON.stringify(seen)}`);

async function tool(client, name, args = {}) {
  const result = await within(client.call(name, args), name);
  expect(!result.isError, `${name}: ${texts(result)}`);
  return result;
}

async function read(client, uri) {
  const { contents } = await within(client.readResource({ uri }), uri);
  expect(contents.length === 1 && contents[0].uri === uri, JSON.stringify(contents));
  return contents[0].text;
}

async function checkLists({ client }) {
  const { tools } = await client.listTools();
  same(tools.map((one) => one.name).sort(), TOOLS, 'tools');
  expect(tools.every((one) => one.annotations?.readOnlyHint && one.outputSchema), 'they only read, and say what');
  const { resources } = await client.listResources();
  expect(resources.some((one) => one.uri === 'project://structure'), JSON.stringify(resources));
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.some((one) => one.uriTemplate.startsWith('codebase://file{?path')), JSON.stringify(resourceTemplates));
}

async function checkDiscover({ client, options }) {
  const { projects } = (await tool(client, 'discover_projects')).structuredContent;
  const names = projects.map((one) => one.name);
  expect(['app', 'engine', 'web'].every((name) => names.includes(name)), `${names}`);
  expect(projects.some((one) => one.project === options.codebase.engine), JSON.stringify(projects));
}

async function checkIndex({ client, options }) {
  const { structuredContent } = await tool(client, 'index_project', { path: options.codebase.engine });
  expect(structuredContent.files === 2 && structuredContent.languages[0].language === 'Rust', JSON.stringify(structuredContent));
}

async function checkStructure({ client }) {
  const { directories } = JSON.parse(await read(client, 'project://structure'));
  expect(directories.some((one) => one.path === 'src/app'), JSON.stringify(directories));
  const { dependencies } = JSON.parse(await read(client, 'project://dependencies'));
  expect(dependencies.some((one) => one.name === 'requests'), JSON.stringify(dependencies));
}

async function checkSearch({ client }) {
  const result = await tool(client, 'search', { pattern: 'def\\s+gr\\w+', regex: true, include: ['*.py'] });
  const [match, ...more] = result.structuredContent.matches;
  same([match.path, match.line, more.length], ['src/app/greeting.py', 9, 0], 'match');
  const link = result.content.find((block) => block.type === 'resource_link');
  expect((await read(client, link.uri)).startsWith('PREFIX = '), 'the link does not lead to the file');
  const found = JSON.parse(await read(client, 'codebase://search?pattern=gre%2At&extensions=py'));
  expect(found.matches.length >= 5, JSON.stringify(found));
}

async function checkSymbol({ client, options }) {
  if (!options.codebase.has_ctags) return;
  const { symbols } = (await tool(client, 'find_symbol', { name: 'greet' })).structuredContent;
  same(symbols.map((one) => [one.path, one.line]), [['src/app/greeting.py', 9]], 'symbols');
  const outline = JSON.parse(await read(client, `codebase://symbols?path=${encodeURIComponent(symbols[0].path)}`));
  expect(outline.symbols.some((one) => one.name === 'Greeter'), JSON.stringify(outline));
}

async function checkFile({ client }) {
  const file = await tool(client, 'read_file', { path: 'src/app/greeting.py', start_line: 9, end_line: 9 });
  same(file.structuredContent.text, 'def greet(name):\n', 'text');
  expect((await read(client, 'codebase://file?path=src%2Fapp%2Fcli.py')).startsWith('"""The command."""'), 'a template');
}

async function checkConfinement({ client }) {
  for (const path of ['../../outside/secret.txt', '.env', 'linked.txt', '/etc/passwd']) {
    const result = await client.call('read_file', { path });
    expect(result.isError && !texts(result).includes('hunter2'), `${path}: ${texts(result)}`);
    await rejection(client.readResource({ uri: `codebase://file?path=${encodeURIComponent(path)}` }));
  }
}

export const CHECKS = {
  lists: checkLists,
  discover: checkDiscover,
  index: checkIndex,
  structure: checkStructure,
  search: checkSearch,
  symbol: checkSymbol,
  file: checkFile,
  confinement: checkConfinement,
};
