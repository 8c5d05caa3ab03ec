import { formatRfc3339 } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import type { Language } from '../language.ts';
import { TYPE_WORDS } from '../messages/backtest.ts';
import { groupDigits } from '../progress.ts';
import type { StackKind } from '../stack/stack-handle.ts';
import { tableText } from '../table-text.ts';
import type { LiveImpact } from './live-impact.ts';
import type { Asked } from './live-stand.ts';
import type { OpenWork } from './open-work.ts';
import { goLiveTexts } from './texts.ts';

export interface LiveTold {
  readonly asked: Asked;
  readonly lastMark: Instant | null;
  /** Null where it is told by the log, and not looked at again. */
  readonly impact: LiveImpact | null;
  readonly state: 'would' | 'did' | 'already' | 'finished';
}

export function liveText(
  told: LiveTold,
  { language, kind }: { readonly language: Language; readonly kind: StackKind },
): string {
  const texts = goLiveTexts(language);
  const { asked, impact, lastMark, state } = told;
  const lines = [texts[state](formatRfc3339(asked.at))];
  if (impact !== null) {
    if (impact.changes.size === 0) lines.push(texts.nothingDue);
    else {
      lines.push(lastMark === null ? texts.noMark : texts.lastMark(formatRfc3339(lastMark)));
      lines.push(tableText([texts.columns, ...rowsOf(impact, language)]));
      const isHeldBack = [...impact.changes.values()].some(({ heldBack }) => heldBack > 0);
      if (isHeldBack) lines.push(texts.heldBackHint);
    }
  }
  if (state !== 'would' && kind === 'docker') lines.push(texts.ingestorHint);
  return `${lines.join('\n')}\n`;
}

function rowsOf({ changes }: LiveImpact, language: Language): readonly (readonly string[])[] {
  return [...changes].map(([type, { announced, heldBack }]) => [
    TYPE_WORDS[language][type],
    groupDigits(announced),
    groupDigits(heldBack),
  ]);
}

export function liveJson({ asked, lastMark, impact, state }: LiveTold): string {
  const told = {
    state,
    at: formatRfc3339(asked.at),
    announceFrom: asked.announceFrom,
    ...(impact === null
      ? {}
      : {
          lastMark: lastMark === null ? null : formatRfc3339(lastMark),
          customers: impact.customers,
          changes: Object.fromEntries(impact.changes),
        }),
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

export function openText(open: readonly OpenWork[], at: Instant, language: Language): string {
  const texts = goLiveTexts(language);
  return [texts.cannot, ...open.map((it) => `- ${openLine(it, at, language)}`)].join('\n');
}

function openLine(open: OpenWork, at: Instant, language: Language): string {
  const { open: texts } = goLiveTexts(language);
  switch (open.kind) {
    case 'import-unfinished':
      return texts.importUnfinished;
    case 'customers-due':
      return texts.customersDue(groupDigits(open.partitions));
    case 'mark-ahead':
      return texts.markAhead(formatRfc3339(open.mark), formatRfc3339(at));
    case 'customers-ahead':
      return texts.customersAhead(groupDigits(open.customers), formatRfc3339(open.latest));
    case 'merges':
      return texts.merges(groupDigits(open.customers));
  }
}

/** As a sentence about the past: "held everything back". */
export function whatWas({ announceFrom }: Asked, language: Language): string {
  const { policy } = goLiveTexts(language);
  if (announceFrom === null) return policy.none;
  return announceFrom === 0 ? policy.all : policy.from(String(announceFrom));
}
