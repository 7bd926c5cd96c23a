// SPDX-License-Identifier: Apache-2.0
// The same echo tool on the official TypeScript SDK, as its documentation builds one: the server that
// the benchmark compares with. typescript_server.mjs http PORT | stdio
import { createServer } from 'node:http';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const text = z.object({ text: z.string() });

function makeServer() {
  const server = new McpServer({ name: 'typescript-sdk', version: '1.0.0' });
  server.registerTool(
    'echo',
    { title: 'Echo', description: 'Answers with the text it was given.', inputSchema: text, outputSchema: text },
    async (given) => ({ content: [{ type: 'text', text: given.text }], structuredContent: given }),
  );
  return server;
}

if (process.argv[2] === 'stdio') {
  const { serveStdio } = await import('@modelcontextprotocol/server/stdio');
  serveStdio(makeServer);
} else {
  const { toNodeHandler } = await import('@modelcontextprotocol/node');
  const handle = toNodeHandler(createMcpHandler(makeServer, { responseMode: 'json' }));
  createServer({ noDelay: true }, (request, response) => void handle(request, response)).listen(
    Number(process.argv[3]),
    '127.0.0.1',
  );
}
