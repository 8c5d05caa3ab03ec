package strata.peer;

/** The score of a customer at an instant, and how it goes on from there if nothing more happens. */
final class Course {
  private final Ledger ledger;
  private long at;
  private int firstInWindow;
  private int orders;
  private long revenueMinor;
  private long lastOrderAt = Long.MIN_VALUE;

  Course(Ledger ledger, long at) {
    this.ledger = ledger;
    this.at = at;
    for (int i = 0; i < ledger.size(); i++) {
      if (ledger.datesOrder(i)) {
        lastOrderAt = ledger.at(i);
        orders++;
      }
      revenueMinor += ledger.leftMinor(i);
    }
    leaveWindow();
  }

  int score() {
    long since = lastOrderAt == Long.MIN_VALUE ? Long.MAX_VALUE : at - lastOrderAt;
    return Policy.score(since, orders, revenueMinor);
  }

  /** The first instant after this one at which time alone moves the customer from this tier, or Long.MAX_VALUE. */
  long nextChangeOf(int tier) {
    while (stepOn()) if (Policy.target(tier, score()) != tier) return at;
    return Long.MAX_VALUE;
  }

  private boolean stepOn() {
    long left = firstInWindow < ledger.size()
        ? ledger.at(firstInWindow) + Policy.WINDOW_MS
        : Long.MAX_VALUE;
    long next = Math.min(left, Policy.nextRecencyStep(lastOrderAt, at));
    if (next == Long.MAX_VALUE) return false;
    at = next;
    leaveWindow();
    return true;
  }

  private void leaveWindow() {
    while (firstInWindow < ledger.size()
        && ledger.at(firstInWindow) + Policy.WINDOW_MS <= at) {
      if (ledger.datesOrder(firstInWindow)) orders--;
      revenueMinor -= ledger.leftMinor(firstInWindow);
      firstInWindow++;
    }
  }
}
