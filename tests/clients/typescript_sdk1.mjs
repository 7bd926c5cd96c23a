// SPDX-License-Identifier: Apache-2.0
// The official TypeScript SDK 1.x, which knows only the legacy era.
import { openSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';
import { declared, prepare } from './features.mjs';
import { environment, httpOptions, recordAnswers, run } from './scenario.mjs';

/** SDK 1 registers by schema: the one whose method is this. */
function schemaOf(method) {
  const schemas = Object.values(types).filter((one) => one?.shape?.method);
  return schemas.find((one) => [one.shape.method.value, one.shape.method._def?.value].includes(method));
}

await run(async (options) => {
  const client = new Client({ name: 'toolpost-test-client', version: '1.0.0' }, declared(options) ?? {});
  client.counts = { resumed: 0 };
  if (declared(options)) {
    prepare(client, {
      request: (method, handler) => client.setRequestHandler(schemaOf(method), handler),
      notification: (method, handler) => client.setNotificationHandler(schemaOf(method), handler),
    });
  }
  const transport = options.url
    ? new StreamableHTTPClientTransport(new URL(options.url), httpOptions(options, client.counts))
    : new StdioClientTransport({
        command: options.command[0],
        args: options.command.slice(1),
        stderr: openSync(options.log, 'a'),
        env: environment(options),
      });
  let negotiated;
  // SDK 1 tells only its transport; the one for stdio does not keep it.
  transport.setProtocolVersion = ((tell) => (version) => {
    negotiated = version;
    tell?.call(transport, version);
  })(transport.setProtocolVersion);
  await client.connect(transport);
  const answers = recordAnswers(transport);
  client.negotiated = () => negotiated;
  client.answers = () => answers;
  client.call = (name, args, extra) => client.callTool({ name, arguments: args }, undefined, extra);
  return client;
});
