import {
  SHADOW_KEY,
  type ShadowPublication,
  shadowPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import type { StackHandle } from '../stack/stack-handle.ts';

/** Says which set is tried from now on; a set of null, that none is. */
export async function publishShadow(
  { writer, serdes }: Pick<StackHandle, 'writer' | 'serdes'>,
  publication: ShadowPublication,
): Promise<void> {
  const value = serdes.policies.encode(shadowPublicationToWire(publication));
  const place = { topic: TOPICS.policies, partition: 0 };
  await writer.send([{ ...place, key: SHADOW_KEY, value, headers: {} }]);
}
