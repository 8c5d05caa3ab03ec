/** From a number in [0, 1) to one of so many customers. */
export type Picker = (draw: number) => number;

export function uniformPicker(customers: number): Picker {
  return (draw) => Math.floor(draw * customers);
}

/** Zipf with exponent 1: who is second comes up half as often as who is first. */
export function zipfPicker(customers: number): Picker {
  const sums = new Float64Array(customers);
  let sum = 0;
  for (let rank = 0; rank < customers; rank += 1) {
    sum += 1 / (rank + 1);
    sums[rank] = sum;
  }
  return (draw) => scattered(rankOf(sums, draw * sum), customers);
}

/** The first whose sum is above. */
function rankOf(sums: Float64Array, wanted: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A prime that divides no population of ours: customers who come up often then lie anywhere. */
const STRIDE = 7_919;

function scattered(rank: number, customers: number): number {
  return (rank * STRIDE) % customers;
}
