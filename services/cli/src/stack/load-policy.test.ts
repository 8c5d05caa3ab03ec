import { afterAll, beforeAll, expect, it } from 'vitest';
import { aContext, anEmbeddedStack } from '../builders/command-context.ts';
import { runCli } from '../cli.ts';
import { policyCheckCommand } from '../commands/policy-check.ts';
import { policyPublishCommand } from '../commands/policy-publish.ts';

let embedded: Awaited<ReturnType<typeof anEmbeddedStack>>;
beforeAll(async () => {
  embedded = await anEmbeddedStack();
});
afterAll(() => embedded.stop());

async function policy(words: readonly string[], language: 'zh' | 'en') {
  const { context, heard } = aContext({ language, stack: embedded.stack });
  const commands = [policyCheckCommand, policyPublishCommand];
  const exitCode = await runCli(['policy', ...words], context, commands);
  return { exitCode, ...heard };
}

it.each(['rfm-ten', 'rfm-eight'])(
  '%s is sound, and no stack grades by it before a calibration',
  async (name) => {
    expect(await policy(['check', name], 'en')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        'is sound. What it takes from the population needs calibration',
      ),
    });
    for (const language of ['zh', 'en'] as const) {
      expect(await policy(['publish', name], language)).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /needs calibration.*calibrate --set rfm-.*--calibrate-at DATE/s,
        ),
      });
    }
  },
);
