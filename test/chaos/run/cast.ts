import type { ChaosStack } from '../stack/chaos-stack.ts';
import type { ServiceName, ServiceProcess } from '../stack/service-process.ts';

/** What the guards of the scorers had to refuse or to leave out, as their own counters say. */
export const GUARDS = ['fenced', 'offset', 'already', 'skipped'] as const;
export type Guard = (typeof GUARDS)[number];

const SUPERVISE_MS = 200;

interface Role {
  readonly service: ServiceName;
  process: ServiceProcess | null;
}

/** The services that have to run, and a supervisor that starts again whoever has ended, however it ended. */
export class Cast {
  /** Ended without having been killed: a service that gave up, with its last words. */
  readonly resignations: string[] = [];
  readonly guards: Record<Guard, number> = { fenced: 0, offset: 0, already: 0, skipped: 0 };
  readonly #stack: ChaosStack;
  readonly #scorerSettings: Readonly<Record<string, string>>;
  readonly #roles: readonly Role[];
  readonly #starting = new Set<Role>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    stack: ChaosStack,
    services: readonly ServiceName[],
    scorerSettings: Readonly<Record<string, string>>,
  ) {
    this.#stack = stack;
    this.#scorerSettings = scorerSettings;
    this.#roles = services.map((service) => ({ service, process: null }));
  }

  async start(): Promise<void> {
    await Promise.all(this.#roles.map((role) => this.#fill(role)));
    this.#timer = setInterval(() => this.#supervise(), SUPERVISE_MS);
  }

  /** Those of a service that run now. */
  of(service: ServiceName): readonly ServiceProcess[] {
    return this.#roles.flatMap(({ service: own, process }) =>
      own === service && process?.isRunning === true ? [process] : [],
    );
  }

  /** Remembers what a scorer had counted, because its counters end with it. */
  async note(scorer: ServiceProcess): Promise<void> {
    const commits = (outcome: string) => scorer.metric('strata_scorer_commits_total', { outcome });
    this.guards.fenced += await commits('fenced');
    this.guards.offset += await commits('offset');
    this.guards.already += await commits('already');
    const skipped = { outcome: 'skipped' };
    this.guards.skipped += await scorer.metric('strata_scorer_relay_records_total', skipped);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    for (const scorer of this.of('scorer')) await this.note(scorer);
  }

  #supervise(): void {
    for (const role of this.#roles) {
      if (role.process?.isRunning === true || this.#starting.has(role)) continue;
      if (role.process !== null && role.process.ending !== 'SIGKILL') {
        const lines = role.process.log.split('\n').slice(-3).join('\n');
        this.resignations.push(`${role.service} ended with ${role.process.ending}:\n${lines}`);
      }
      // One that cannot start while its back ends are away is tried again at the next look.
      this.#fill(role).catch(() => undefined);
    }
  }

  async #fill(role: Role): Promise<void> {
    this.#starting.add(role);
    try {
      const more = role.service === 'scorer' ? this.#scorerSettings : {};
      role.process = await this.#stack.run(role.service, more);
    } finally {
      this.#starting.delete(role);
    }
  }
}
