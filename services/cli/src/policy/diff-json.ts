import type { PolicySet } from '@strata/domain';
import type { SetDifference } from '@strata/policy-file';
import { fieldText } from '@strata/yaml-file';

/** The same as the text says, with the places as they stand in a file. */
export function diffJson(
  { policies, isReordered }: SetDifference,
  { before, after }: { readonly before: PolicySet; readonly after: PolicySet },
) {
  return {
    from: before.id,
    to: after.id,
    isReordered,
    policies: policies.map((it) => {
      if (it.kind !== 'changed') {
        const { name, version } = it.policy;
        return { policy: name, kind: it.kind, version };
      }
      const changes = it.changes.map(({ path, from, to }) => ({
        field: fieldText(path),
        from: from ?? null,
        to: to ?? null,
      }));
      const { name, version } = it.after;
      const renamedFrom = it.before.name === name ? null : it.before.name;
      return { policy: name, kind: it.kind, version, renamedFrom, changes };
    }),
  };
}
