// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client sees with the key of one user: the tools of their role and no others,
// denials that name a rule, and nothing at all with a wrong key.
import { expect, rejection, texts } from './scenario.mjs';

const CALLS = { echo: { text: 'hello' }, countdown: { from: 1, interval_ms: 1 } };

async function checkList({ client, options }) {
  const names = (await client.listTools()).tools.map((tool) => tool.name).sort();
  expect(JSON.stringify(names) === JSON.stringify(options.roles.tools), `listed are ${names}`);
}

async function checkCalls({ client, options }) {
  for (const [tool, args] of Object.entries(CALLS)) {
    const result = await client.call(tool, args);
    if (options.roles.tools.includes(tool)) {
      expect(!result.isError, `${tool}: ${texts(result)}`);
    } else {
      expect(result.isError && texts(result) === `Denied: role "${options.roles.role}" may not use ${tool} ` +
        `(rule roles.${options.roles.role}.tools)`, `${tool}: ${JSON.stringify(result)}`);
    }
  }
}

async function checkUnknownTool({ client }) {
  const error = await rejection(client.call('no_such_tool', {}));
  expect(error.code === -32602, `code ${error.code}: ${error.message}`);
}

async function checkWrongKey({ options, connect }) {
  const error = await rejection(connect({ ...options, key: options.roles.wrong_key }));
  if (options.url) expect(/401|[Uu]nauthorized/.test(`${error.message} ${error.code}`), `refused with ${error}`);
}

export const CHECKS = { list: checkList, calls: checkCalls, 'unknown tool': checkUnknownTool, 'wrong key': checkWrongKey };
