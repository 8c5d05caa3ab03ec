import { type DeadLetterReason, deadLetterSentence, type Language } from '@strata/contracts';

/** Why a line was refused: the reasons of dead letters, and one that only a key can give. */
export type LineReason = DeadLetterReason | 'wrong-source';

export type LineAnswer =
  | { readonly line: number; readonly status: 'accepted' }
  | {
      readonly line: number;
      readonly status: 'refused';
      readonly reason: LineReason;
      readonly field: string | null;
      readonly message: string;
    };

const WRONG_SOURCE: Readonly<Record<Language, string>> = {
  zh: '该密钥不允许发送此 source 的事件；请使用该来源自己的密钥。',
  en: 'The key may not send events of this source; use the key of that source.',
};

export function refusedLine(
  line: number,
  why: { readonly reason: LineReason; readonly field: string | null },
  language: Language,
): LineAnswer {
  const { reason, field } = why;
  const message =
    reason === 'wrong-source'
      ? WRONG_SOURCE[language]
      : deadLetterSentence(reason, field, language);
  return { line, status: 'refused', reason, field, message };
}
