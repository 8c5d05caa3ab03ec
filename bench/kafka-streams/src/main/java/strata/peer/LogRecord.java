package strata.peer;

/**
 * What a record of the customer log means to this job. Orders and events go by 64-bit hashes of their
 * ids, as in Strata; instants are epoch milliseconds, amounts minor units.
 */
record LogRecord(Kind kind, long at, long eventKey, long orderKey, long minor) {
  enum Kind {
    PURCHASE,
    REFUND,
    /** Moves the clock of the partition. */
    CLOCK,
    /** Of no concern to this job: how the stack was opened, the policy, the ticks of Strata. */
    OTHER
  }

  static final LogRecord NONE = new LogRecord(Kind.OTHER, Long.MIN_VALUE, 0, 0, 0);

  static LogRecord clock(long at) {
    return new LogRecord(Kind.CLOCK, at, 0, 0, 0);
  }
}
