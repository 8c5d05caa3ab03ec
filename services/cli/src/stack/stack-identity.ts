import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Identity, identity } from '@strata/contracts';
import { keyedPseudonyms, parseKey } from '@strata/service-runtime';
import { z } from 'zod';
import { BilingualFault } from '../cli-fault.ts';

/** How a stack makes the ids of its customers: as the variables of the ingestor say it. */
export interface StackIdentity {
  readonly STRATA_INGESTOR_ID_SPACES: string;
  readonly STRATA_INGESTOR_PSEUDONYM_KEY: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const FILE = 'identity.json';
const NONE: StackIdentity = { STRATA_INGESTOR_ID_SPACES: '', STRATA_INGESTOR_PSEUDONYM_KEY: '' };
const savedSchema = z.object({
  STRATA_INGESTOR_ID_SPACES: z.string(),
  STRATA_INGESTOR_PSEUDONYM_KEY: z.string(),
});

/** What the environment says, and where it says nothing what the stack was last started with. */
export function stackIdentity(dataDir: string | null, env: Environment = {}): StackIdentity {
  const saved = dataDir === null ? NONE : savedIdentity(dataDir);
  // What is empty counts as not set, as in the services.
  return {
    STRATA_INGESTOR_ID_SPACES: env['STRATA_INGESTOR_ID_SPACES'] || saved.STRATA_INGESTOR_ID_SPACES,
    STRATA_INGESTOR_PSEUDONYM_KEY:
      env['STRATA_INGESTOR_PSEUDONYM_KEY'] || saved.STRATA_INGESTOR_PSEUDONYM_KEY,
  };
}

function savedIdentity(dataDir: string): StackIdentity {
  const path = join(dataDir, FILE);
  return existsSync(path) ? savedSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : NONE;
}

/** For the commands, and for the next start; readable by its owner alone, kept as long as the stack's data. */
export function saveStackIdentity(dataDir: string, settings: StackIdentity): void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, FILE), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
}

export function identityOf(settings: StackIdentity): Identity {
  const spaces = settings.STRATA_INGESTOR_ID_SPACES.split(',').map((name) => name.trim());
  const text = settings.STRATA_INGESTOR_PSEUDONYM_KEY;
  const key = text === '' ? null : parseKey(text);
  if (text !== '' && key === null) {
    throw new BilingualFault('STRATA_STACK_PSEUDONYM_KEY', {
      en: 'STRATA_INGESTOR_PSEUDONYM_KEY is not 32 bytes in base64 or hex; make one with: openssl rand -base64 32',
      zh: 'STRATA_INGESTOR_PSEUDONYM_KEY 不是 base64 或十六进制的 32 字节；可用 openssl rand -base64 32 生成。',
    });
  }
  return identity({
    spaces: spaces.filter((name) => name !== ''),
    pseudonyms: key === null ? null : keyedPseudonyms(key),
  });
}
