/** Fetches the broker and the registry into .cache, for image builds; starts nothing. */
import { fileURLToPath } from 'node:url';
import { fetchBackends } from '../../packages/local-stack/src/index.ts';

await fetchBackends({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  onProgress: ({ en }) => process.stderr.write(`${en}\n`),
});
