import { formatRfc3339 } from '@strata/contracts';
import { newSecret, rotation, sealFor } from '@strata/subscriptions';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { withStack } from '../stack/with-stack.ts';
import { parseOverlap } from '../subscription/parse-overlap.ts';
import {
  change,
  ID_OPERAND,
  JSON_FLAG,
  requestOf,
  WHO_FLAGS,
} from '../subscription/subscription-desk.ts';
import { subscriptionTexts } from '../subscription/texts.ts';

/** `./strata subscription rotate-secret`: receivers get both signatures for a while, and change over when they like. */
export const subscriptionRotateSecretCommand = defineCommand({
  name: 'subscription rotate-secret',
  summary: {
    en: 'gives a subscription a new secret, shown once; the former signs on for a while',
    zh: '为订阅更换签名密钥（仅显示一次）；旧密钥在一段时间内继续签名',
  },
  operands: [ID_OPERAND],
  flags: {
    overlap: {
      kind: 'text',
      value: 'TIME',
      about: {
        en: 'how long the former secret signs on, as 30m, 24h, 7d or 0; default: 24h',
        zh: '旧密钥继续签名的时长，例如 30m、24h、7d 或 0；默认 24h',
      },
    },
    ...WHO_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    'subscription rotate-secret crm --reason "yearly" --actor ann',
    'subscription rotate-secret crm --overlap 0 --reason "the secret leaked" --actor ann',
  ],
  run: (context, { flags, operands }) => {
    const [id = ''] = operands;
    const { language, stdout, stderr } = context;
    const request = requestOf(context, id, flags);
    const overlapMs = parseOverlap('--overlap', flags.overlap, language);
    return withStack(context, async (stack) => {
      const secret = newSecret();
      const to = rotation(id, sealFor(stack.seal, id, secret), overlapMs);
      const { version, secrets } = await change(context, stack, { request, to });
      const endMs = secrets[1]?.endsAtMs ?? null;
      const until = endMs === null ? null : formatRfc3339(endMs);
      if (flags.json) {
        stdout.write(`${JSON.stringify({ id, version, secret, formerSecretEndsAt: until })}\n`);
      } else {
        stdout.write(`${secret}\n`);
        stderr.write(`${subscriptionTexts(language).rotated(id, until)}\n`);
      }
      return EXIT_CODES.success;
    });
  },
});
