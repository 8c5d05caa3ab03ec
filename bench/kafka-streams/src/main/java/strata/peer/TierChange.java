package strata.peer;

/** A change of tier; `fromTier` null where it is the customer's first. */
record TierChange(String customerId, String fromTier, String toTier, int score, long effectiveAt) {}
