import { describedApi } from '../../services/console/src/api/routes.ts';
import { openApiText } from '../../services/ingestor/src/http/open-api.ts';
import { asyncapiPage } from './asyncapi.ts';
import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { deadLetterReasonsPage } from './dead-letter-reasons.ts';
import { errorsPage } from './errors.ts';
import { eventsPage } from './events.ts';
import { page } from './markdown.ts';
import { metricsPage } from './metrics.ts';
import { policyPage } from './policy.ts';
import { sourceMapPage } from './source-map.ts';
import { topicsPage } from './topics.ts';

interface ReferencePage {
  readonly file: string;
  readonly about: string;
  readonly write: () => string;
}

const PAGES: readonly ReferencePage[] = [
  { file: 'asyncapi.json', about: 'all topics, for tools (AsyncAPI 3)', write: asyncapiPage },
  { file: 'commands.md', about: 'every command with its flags', write: commandsPage },
  { file: 'configuration.md', about: 'every variable of every service', write: configurationPage },
  {
    file: 'dead-letter-reasons.md',
    about: 'why a record was refused',
    write: deadLetterReasonsPage,
  },
  { file: 'errors.md', about: 'every error code, and what to do', write: errorsPage },
  { file: 'events.md', about: 'what to publish, with examples', write: eventsPage },
  { file: 'metrics.md', about: 'what each service counts', write: metricsPage },
  {
    file: 'openapi-intake.json',
    about: 'the HTTP intake, as OpenAPI 3.1; a running one serves it at `/v1/openapi.json`',
    write: openApiText,
  },
  {
    file: 'openapi-profiles.json',
    about: 'the API of the console, as OpenAPI 3.1; a running one serves it at `/v1/openapi.json`',
    write: describedApi,
  },
  { file: 'policy.md', about: 'every key of a policy file', write: policyPage },
  {
    file: 'source-map.md',
    about: 'every key of a mapping file',
    write: sourceMapPage,
  },
  { file: 'topics.md', about: 'topics, subjects and records', write: topicsPage },
];

/** Every page of docs/reference by file name. The same code gives the same text, on any machine. */
export function referencePages(): ReadonlyMap<string, string> {
  const index = page('Reference', [
    'Made from the code by `npm run generate`; a test fails while a page is stale.',
    PAGES.map(
      ({ file, about }) => `- [${file.replace(/\.(md|json)$/, '')}](${file}): ${about}`,
    ).join('\n'),
  ]);
  return new Map([
    ['README.md', index],
    ...PAGES.map(({ file, write }) => [file, write()] as const),
  ]);
}
