import express from 'express';

/** The floor of what Express costs: reads a JSON body and answers. Prints its port. */
const app = express();
app.post('/parse', express.json({ limit: '2mb' }), (_request, response) => {
  response.json({ ok: true });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
