/** HTML that is safe to send: text went in escaped. Made by `html` alone. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Fragment = Markup | string | number | null | readonly Fragment[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes everything that is put in, except what is markup already. Attributes have to stand in
 * double quotes.
 */
export function html(strings: TemplateStringsArray, ...fragments: readonly Fragment[]): Markup {
  const parts = strings.map((text, index) => `${text}${render(fragments[index] ?? null)}`);
  return new Markup(parts.join(''));
}

function render(fragment: Fragment): string {
  if (fragment === null) return '';
  if (fragment instanceof Markup) return fragment.toString();
  if (typeof fragment === 'object') return fragment.map(render).join('');
  return String(fragment).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

const SHOWN_CHARACTERS_MAX = 48;

/**
 * A foreign name as it may be shown: an id is written by somebody else and may hold control
 * characters, or ones that turn the direction of the text around it.
 */
export function shownName(name: string): string {
  const visible = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
  const characters = Array.from(visible);
  if (characters.length <= SHOWN_CHARACTERS_MAX) return visible;
  return `${characters.slice(0, SHOWN_CHARACTERS_MAX - 1).join('')}…`;
}
