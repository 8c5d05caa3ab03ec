/** What a step took is observed by its name; a histogram with the label `step` is one. */
interface StepSeconds<Step extends string> {
  observe(labels: { readonly step: Step }, seconds: number): void;
}

/** Begins to measure a step of a batch, never of a record; what it answers ends it. One that failed is not measured. */
export function stepTimer<Step extends string>(
  seconds: StepSeconds<Step>,
): (step: Step) => () => void {
  return (step) => {
    const startedMs = performance.now();
    return () => seconds.observe({ step }, (performance.now() - startedMs) / 1_000);
  };
}
