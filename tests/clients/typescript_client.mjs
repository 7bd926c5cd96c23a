// SPDX-License-Identifier: Apache-2.0
// The official TypeScript client 2.x: probing for the modern era ("auto") or in its legacy mode.
import { openSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { environment, httpOptions, recordAnswers, run } from './scenario.mjs';

await run(async (options) => {
  const client = new Client(
    { name: 'toolpost-test-client', version: '1.0.0' },
    { versionNegotiation: { mode: options.era === 'modern' ? 'auto' : 'legacy' } },
  );
  const transport = options.url
    ? new StreamableHTTPClientTransport(new URL(options.url), httpOptions(options))
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
  client.call = (name, args, extra) => client.callTool({ name, arguments: args }, extra);
  return client;
});
