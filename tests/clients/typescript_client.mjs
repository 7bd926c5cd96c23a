// SPDX-License-Identifier: Apache-2.0
// The official TypeScript client 2.x: probing for the modern era ("auto") or in its legacy mode.
import { openSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { declared, prepare } from './features.mjs';
import { environment, httpOptions, recordAnswers, run } from './scenario.mjs';

await run(async (options) => {
  const client = new Client(
    { name: 'toolpost-test-client', version: '1.0.0' },
    {
      versionNegotiation: { mode: options.era === 'modern' ? 'auto' : 'legacy' },
      ...declared(options),
    },
  );
  client.counts = { resumed: 0 };
  client.notFound = -32602; // also where the server says -32002, as older revisions do
  if (declared(options)) {
    prepare(client, {
      request: (method, handler) => client.setRequestHandler(method, handler),
      notification: (method, handler) => client.setNotificationHandler(method, handler),
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
  await client.connect(transport);
  const answers = recordAnswers(transport);
  client.negotiated = () => client.getNegotiatedProtocolVersion();
  client.answers = () => answers;
  client.call = (name, args, extra, meta) => client.callTool({ name, arguments: args, ...(meta ? { _meta: meta } : {}) }, extra);
  return client;
});
