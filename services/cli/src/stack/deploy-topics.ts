import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTopics, type TopicSpec } from '@strata/kafka';
import type { StackAddresses } from '@strata/local-stack';
import { ConfluentSchemaRegistry, deploySchemas, readSchemaHistory } from '@strata/schema-registry';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from './stack-paths.ts';

const settingsSchema = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));
const topicsSchema = z.object({
  defaults: settingsSchema,
  topics: z.array(
    z.object({
      name: z.string(),
      partitions: z.union([z.literal('stack'), z.number().int().positive()]),
      config: settingsSchema,
    }),
  ),
});

/** The topics of `infra/kafka/topics.yaml`; `partitions: stack` is the stack's own number. */
export function topicSpecs(stackPartitions: number): readonly TopicSpec[] {
  const text = readFileSync(join(ROOT, 'infra/kafka/topics.yaml'), 'utf8');
  const { defaults, topics } = topicsSchema.parse(parse(text));
  return topics.map(({ name, partitions, config }) => ({
    name,
    partitions: partitions === 'stack' ? stackPartitions : partitions,
    config: { ...defaults, ...config },
  }));
}

/** The deploy step: topics and schemas, each made where it is missing and verified where it is there. */
export async function deployTopics(addresses: StackAddresses, partitions: number): Promise<void> {
  const settings = { brokers: addresses.brokers, clientId: 'strata-deploy' };
  await ensureTopics(settings, topicSpecs(partitions));
  const registrar = new ConfluentSchemaRegistry({ url: addresses.registryUrl });
  await deploySchemas(registrar, readSchemaHistory());
}
