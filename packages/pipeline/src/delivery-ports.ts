/** The port of the delivery queue, and what goes through it. */

/** One delivery of one event to one endpoint. `id` is unique per (event, endpoint); adding it again while it is known is ignored. */
export interface DeliveryJob {
  readonly id: string;
  readonly endpoint: string;
  readonly body: string;
  readonly eventId: string;
  /** Whom the body is about, so that what is about somebody can be found again, and is kept in order. */
  readonly subject: string;
  /** Place of the event among those of its subject. */
  readonly sequence: number;
  /** Record of the topic it came from; null for what no record tells of. */
  readonly origin: DeliveryOrigin | null;
  /** Of the replay that asked for it; null for the first telling. */
  readonly replayId: string | null;
  /** W3C `traceparent` of the event that it tells of the effect of; absent where none came along. */
  readonly traceparent?: string;
}

export interface DeliveryOrigin {
  readonly partition: number;
  readonly offset: number;
}

export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'rejected'; readonly reason: string };

/** How a delivery ended that was not taken: `attempts` tries, the last with `reason`. */
export interface GivenUp {
  readonly reason: string;
  readonly attempts: number;
  readonly addedAtMs: number;
}

/**
 * How an endpoint is served. `every`: the events of a subject in their order, one after the other. `latest`: an event
 * that has a newer one of its subject behind it is dropped, unless it is already on its way.
 */
export interface EndpointService {
  /** Deliveries in flight at once. */
  readonly concurrency: number;
  /** Deliveries begun in a second, over all processes; below 1 for one in several seconds. Null for no limit. */
  readonly perSecond: number | null;
  readonly deliver: 'every' | 'latest';
}

/** What a queue does with the jobs it hands out. */
export interface DeliveryHandlers {
  /** A throw counts as `retry`. */
  deliver(job: DeliveryJob, attempt: number): Promise<DeliveryOutcome>;
  /** Called before a job that was not taken is given up for good. A throw: the job is tried once more, later. */
  givenUp(job: DeliveryJob, how: GivenUp): Promise<void>;
}

/** Where the reader of an output topic stands: its offset and the last (epoch, seq) it has acted on, per partition. */
export interface DeliveryPosition {
  readonly offset: number;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * A position says that everything before it lies in the queue. A queue that lost its last writes since they were made
 * must not take it: hence it has to hold the position before and the last jobs that were added behind that.
 */
export interface PositionCondition {
  readonly before: DeliveryPosition | null;
  /** Jobs that have to be known, in whatever state: the last that was added of each endpoint. */
  readonly lastJobs: readonly Pick<DeliveryJob, 'id' | 'endpoint'>[];
  /** Notes that have to be as they are here: what else stands for something before the position. */
  readonly notes: ReadonlyMap<string, string>;
}

/** Of a note, as of a position. */
export interface NoteCondition {
  readonly before: string | null;
  /** By default none. */
  readonly lastJobs?: readonly Pick<DeliveryJob, 'id' | 'endpoint'>[];
  /** What the position of a partition has to be. */
  readonly at?: { readonly partition: number; readonly position: DeliveryPosition };
}

/** `delivered` and `failed` count the finished jobs that are still known; they are bounded, so these are no totals. */
export interface DeliveryCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly delivered: number;
  readonly failed: number;
}

/** How far a partition is, all of one instant. */
export interface DeliveryStanding {
  readonly position: DeliveryPosition | null;
  readonly notes: ReadonlyMap<string, string>;
  /** By endpoint, the smallest offset of the partition from which a job is unfinished; absent for none. Replays aside. */
  readonly oldest: ReadonlyMap<string, number>;
}

/**
 * Delivery jobs with retries, each endpoint's apart: one that is slow or dead holds up no other. At least once: a crash
 * between delivery and its note delivers again.
 */
export interface DeliveryQueue {
  add(jobs: readonly DeliveryJob[]): Promise<void>;
  /** Starts handing out jobs of the endpoints that are served; may be called once. */
  work(handlers: DeliveryHandlers): void;
  /** Says who is served from now on, and how; jobs of others wait. */
  serve(endpoints: ReadonlyMap<string, EndpointService>): void;
  /** This process takes no job of the endpoint for so long. */
  hold(endpoint: string, ms: number): void;
  /** Of one endpoint, or of all. */
  counts(endpoint?: string): Promise<DeliveryCounts>;
  /** Unfinished jobs of each of the endpoints. */
  pending(endpoints: readonly string[]): Promise<ReadonlyMap<string, number>>;
  standing(partition: number, endpoints: readonly string[]): Promise<DeliveryStanding>;
  /** Forgets everything of an endpoint that is gone. */
  drop(endpoint: string): Promise<void>;
  /** Jobs in which a subject's body lies, whatever became of them. */
  countAbout(subject: string): Promise<number>;
  /**
   * Takes the jobs about a subject out, finished ones too, as if they had never been added. One that is in hand is
   * emptied: it is not tried again. Answers how many there were.
   */
  removeAbout(subject: string): Promise<number>;
  /** Null where nothing was stored for the partition. */
  position(partition: number): Promise<DeliveryPosition | null>;
  /** False, and nothing is stored, where the condition does not hold. The same position once more is stored already. */
  storePosition(
    partition: number,
    position: DeliveryPosition,
    condition?: PositionCondition,
  ): Promise<boolean>;
  /** Notes of whoever works with the queue, by name: they are lost and set back together with its jobs. */
  notes(): Promise<ReadonlyMap<string, string>>;
  /** Stores a note, or removes it (null). False, and nothing is stored, where the condition does not hold. */
  storeNote(name: string, note: string | null, condition: NoteCondition): Promise<boolean>;
  close(): Promise<void>;
}
