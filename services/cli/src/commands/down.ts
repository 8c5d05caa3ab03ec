import { stopStack } from '@strata/local-stack';
import { EXIT_CODES } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { dockerStatus } from '../stack/docker-status.ts';
import { stopEmbedded } from '../stack/forward-command.ts';
import { requireDocker } from '../stack/run-docker.ts';
import { stackDir } from '../stack/stack-paths.ts';
import { readStackRecord } from '../stack/stack-record.ts';
import { stackTexts } from '../stack/stack-texts.ts';
import { stopDocker } from '../stack/start-docker.ts';

export const downCommand = defineCommand({
  name: 'down',
  summary: {
    en: 'ends the stack and its services; the data stays',
    zh: '结束栈及其服务，数据保留',
  },
  flags: {},
  examples: ['down'],
  run: async (context) => {
    const dataDir = stackDir(context.env);
    const texts = stackTexts(context.language);
    const isEmbeddedEnded = await stopEmbedded(context.env);
    const ended = (await stopStack(dataDir)).length + Number(isEmbeddedEnded);
    const removed = await endContainers(context, ended > 0);
    const count = ended + removed;
    context.stdout.write(`${count > 0 ? texts.ended(count) : texts.nothingToEnd}\n`);
    return EXIT_CODES.success;
  },
});

/** How many containers ran. Where nothing else was ended, an engine that does not answer is told of. */
async function endContainers(
  { env, language }: CommandContext,
  isOtherEnded: boolean,
): Promise<number> {
  const dataDir = stackDir(env);
  if (readStackRecord(dataDir, 'docker') === null) return 0;
  const { rows } = await dockerStatus(dataDir, { env });
  if (rows.length === 0 && isOtherEnded) return 0;
  await requireDocker({ env }, language);
  await stopDocker(dataDir, { env, language });
  return rows.filter(({ isUp }) => isUp).length;
}
