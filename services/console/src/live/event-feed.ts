import type { ServerResponse } from 'node:http';
import { announcement, changeItem } from '../page/change-list.ts';
import { type LiveView, liveRegions } from '../page/live-regions.ts';
import type { Language } from '../texts.ts';

/** Changes that the page shows, and the most that one update brings. */
export const LISTED_CHANGES = 60;
/**
 * More than this unsent, and a reader is too slow for the next update; it gets a later one instead.
 */
const UNSENT_BYTES_MAX = 256 * 1024;
const CLIENTS_MAX = 100;

interface Client {
  readonly response: ServerResponse;
  readonly language: Language;
  position: number;
  isReset: boolean;
  /** Of the list, when it was sent last. */
  drops: number;
  lastSent: string;
}

/**
 * Server-sent events. An event's id is `<boot>-<position>`: a browser that comes back names the
 * last one it saw and gets what it missed. A console that was started anew has another boot, and
 * then the list is sent whole.
 */
export class EventFeed {
  readonly #boot: string;
  readonly #view: () => LiveView;
  readonly #clients = new Set<Client>();

  constructor(options: { boot: string; view: () => LiveView }) {
    this.#boot = options.boot;
    this.#view = options.view;
  }

  /** The id that a page rendered now begins after. */
  positionId(): string {
    return `${this.#boot}-${this.#view().board.changes()}`;
  }

  clients(): number {
    return this.#clients.size;
  }

  /** False where there are too many readers already. The first update is sent at once. */
  connect(
    response: ServerResponse,
    { language, after }: { language: Language; after: string | null },
  ): boolean {
    if (this.#clients.size >= CLIENTS_MAX) return false;
    const position = this.#positionIn(after);
    const client: Client = {
      response,
      language,
      position: position ?? 0,
      isReset: position === null,
      // What its page holds from before may have been taken out since: only a console without any drop knows.
      drops: 0,
      lastSent: '',
    };
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 2000\n\n');
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    this.#send(client, this.#view());
    return true;
  }

  /** Sends every reader what is new to it; a reader for whom nothing is new gets nothing. */
  flush(): void {
    if (this.#clients.size === 0) return;
    const view = this.#view();
    for (const client of this.#clients) this.#send(client, view);
  }

  /** A comment, so that nothing on the way takes a quiet stream for a dead one. */
  heartbeat(): void {
    for (const { response } of this.#clients) response.write(': heartbeat\n\n');
  }

  close(): void {
    for (const { response } of this.#clients) response.end();
    this.#clients.clear();
  }

  #send(client: Client, view: LiveView): void {
    if (client.response.writableLength > UNSENT_BYTES_MAX) return;
    const { language } = client;
    const { drops } = view.board.latest;
    // What was taken out of the list has to leave the page too: it gets the whole list anew.
    const isReset = client.isReset || client.drops !== drops;
    const changes = isReset
      ? view.changes
      : view.board.latest.after(client.position, LISTED_CHANGES);
    const { changes: _, ...regions } = liveRegions(view, language);
    const fields = Object.fromEntries(
      Object.entries(regions).map(([region, markup]) => [region, String(markup)]),
    );
    const data = JSON.stringify({
      regions: fields,
      isReset,
      changes: changes.map((listed) => String(changeItem(listed, view.board, language))),
      announcement: isReset ? '' : announcement(changes, view.board, language),
    });
    if (data === client.lastSent) return;
    client.lastSent = data;
    client.isReset = false;
    client.drops = drops;
    client.position = view.board.changes();
    // JSON has no line break, so one data line is enough.
    client.response.write(`event: update\nid: ${this.#boot}-${client.position}\ndata: ${data}\n\n`);
  }

  /** Null where the id is none of this process, or of its future. */
  #positionIn(id: string | null): number | null {
    const parts = /^([0-9a-z]+)-(\d{1,15})$/.exec(id ?? '');
    const position = Number(parts?.[2]);
    if (parts?.[1] !== this.#boot || position > this.#view().board.changes()) return null;
    return position;
  }
}
