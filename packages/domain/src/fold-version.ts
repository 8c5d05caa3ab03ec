/**
 * The number of the fold's behaviour. Under one number the same log gives the same decisions with the same numbers, for
 * ever; whatever makes a log come out otherwise (a rule, Node, the time zones) raises it, and state that was folded
 * under another number is folded again as a new epoch. `services/scorer/src/fold-version.test.ts` pins it.
 */
export const FOLD_VERSION = 4;
