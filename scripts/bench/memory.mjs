// Loaded into the API's process: reports its memory in use over HTTP, in bytes, after a garbage collection.
import { createServer } from 'node:http';
import process from 'node:process';

const server = createServer((_request, response) => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  response.end(String(heapUsed + external));
});
server.listen(0, '127.0.0.1', () => console.log(`Memory at http://127.0.0.1:${server.address().port}`));
server.unref();
