import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIZE_MB = 256;
const BLOCK = Buffer.alloc(1_048_576);

/** A disk of its own for the Redis of the state: a tmpfs of a fixed size, which a file fills to its last page. */
export interface SmallDisk {
  /** Makes the folder of a back end lie on it. */
  holds(dataDir: string, name: string): Promise<void>;
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
  close(): Promise<void>;
}

/** Null where this machine lets nobody mount. */
export async function mountSmallDisk(): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-disk-'));
  try {
    const args = ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'strata', folder];
    execFileSync('mount', args, { stdio: 'ignore' });
  } catch {
    await rm(folder, { recursive: true });
    return null;
  }
  const filler = join(folder, 'filler');
  return {
    async holds(dataDir, name) {
      await mkdir(dataDir, { recursive: true });
      await symlink(folder, join(dataDir, name));
    },
    async fill() {
      const file = await open(filler, 'w');
      try {
        // Until the disk refuses: first by large pieces, then by single pages.
        for (let bytes = BLOCK.length; bytes >= 4_096; ) {
          try {
            await file.appendFile(BLOCK.subarray(0, bytes));
          } catch {
            bytes /= 2;
          }
        }
      } finally {
        await file.close();
      }
    },
    makeRoom: () => rm(filler, { force: true }),
    async close() {
      execFileSync('umount', [folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
