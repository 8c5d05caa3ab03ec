package strata.peer;

/**
 * The rules of bench/src/scorer/policy.yaml, as code. Steps of a dimension rise or fall with its points,
 * scores are whole numbers, and tiers go by rank from 0.
 */
final class Policy {
  static final String[] LADDER = {"bronze", "silver", "gold", "platinum"};
  static final int NO_TIER = -1;

  private static final long DAY_MS = 86_400_000L;
  static final long WINDOW_MS = 365 * DAY_MS;

  /** Time since the last order under which 5, 4, 3 and 2 points are given. */
  private static final long[] WITHIN_MS = {90 * DAY_MS, 180 * DAY_MS, 270 * DAY_MS, 365 * DAY_MS};
  private static final long[] ORDERS = {20, 10, 5, 2};
  private static final long[] REVENUE_MINOR = {200_000, 80_000, 30_000, 10_000};
  private static final int MOST_POINTS = 5;

  private static final int RECENCY_WEIGHT = 10;
  private static final int FREQUENCY_WEIGHT = 10;
  private static final int MONETARY_WEIGHT = 80;

  private static final int[] ENTER = {Integer.MIN_VALUE, 220, 300, 380};
  private static final int[] LEAVE = {Integer.MIN_VALUE, 200, 280, 360};

  private Policy() {}

  static int score(long sinceLastOrderMs, int orders, long revenueMinor) {
    int recency = 0;
    while (recency < WITHIN_MS.length && sinceLastOrderMs >= WITHIN_MS[recency]) recency++;
    return RECENCY_WEIGHT * (MOST_POINTS - recency)
        + FREQUENCY_WEIGHT * pointsOf(orders, ORDERS)
        + MONETARY_WEIGHT * pointsOf(revenueMinor, REVENUE_MINOR);
  }

  private static int pointsOf(long value, long[] atLeast) {
    int step = 0;
    while (step < atLeast.length && value < atLeast[step]) step++;
    return MOST_POINTS - step;
  }

  /** The first instant after `at` at which recency scores less, if no order comes. */
  static long nextRecencyStep(long lastOrderAt, long at) {
    if (lastOrderAt == Long.MIN_VALUE) return Long.MAX_VALUE;
    for (long within : WITHIN_MS) if (lastOrderAt + within > at) return lastOrderAt + within;
    return Long.MAX_VALUE;
  }

  /** Above the present tier by `enter`, at or below it by `leave`. */
  static int target(int tier, int score) {
    int entered = LADDER.length - 1;
    while (score < ENTER[entered]) entered--;
    if (entered > tier) return entered;
    int kept = tier;
    while (score < LEAVE[kept]) kept--;
    return kept;
  }
}
