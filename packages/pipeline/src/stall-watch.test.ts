import { describe, expect, test } from 'vitest';
import { StallWatch } from './stall-watch.ts';

const quiet = { name: 'p0', signs: 4 };

describe('what has work to do', () => {
  test('hangs when it has shown no life in so many looks in a row', () => {
    const watch = new StallWatch(3);
    expect([1, 2, 3, 4].map(() => watch.look([quiet]))).toEqual([null, null, null, 'p0']);
  });

  test('does not hang while it shows life, whatever becomes of its neighbour', () => {
    const watch = new StallWatch(2);
    const looks = [1, 2, 3, 4].map((signs) => watch.look([{ name: 'busy', signs }, quiet]));
    expect(looks).toEqual([null, null, 'p0', 'p0']);
  });

  test('begins anew after it had nothing to do, and after a look that could not be taken', () => {
    const watch = new StallWatch(2);
    watch.look([quiet]);
    watch.look([quiet]);
    watch.look([]);
    expect(watch.look([quiet])).toBeNull();
    watch.look([quiet]);
    watch.forget();
    expect(watch.look([quiet])).toBeNull();
    expect(watch.look([quiet])).toBeNull();
    expect(watch.look([quiet])).toBe('p0');
  });
});
