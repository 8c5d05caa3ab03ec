import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { javaVersionText } from './prerequisites.ts';

/** How one Java process uses, or makes, the archive of its parsed classes. */
export interface ClassArchive {
  readonly jvm: readonly string[];
  /** What the process leaves at its end, and where it belongs; absent where the archive is there already. */
  readonly keepAtEnd?: { readonly from: string; readonly to: string };
}

/**
 * With an archive of its parsed classes a Java program is ready in half the time (application class-data sharing, JEP
 * 310 and 350). The first run leaves one at its end; it fits one Java and one path only, so both are in its name.
 * `folder` holds the program's jars, `dataDir` is of this one process.
 */
export function classArchive(options: {
  folder: string;
  dataDir: string;
  java: string;
  env: NodeJS.ProcessEnv;
}): ClassArchive {
  const { folder, dataDir, java, env } = options;
  const fits = createHash('sha256').update(`${folder}\n${javaVersionText(java, env)}`);
  const archive = `${folder}-classes-${fits.digest('hex').slice(0, 12)}.jsa`;
  // -Xlog keeps a refused archive from filling the log: Java goes on without it.
  if (existsSync(archive)) {
    return { jvm: [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:cds=off'] };
  }
  const from = join(dataDir, 'classes.jsa');
  const jvm = [`-XX:ArchiveClassesAtExit=${from}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
  return { jvm, keepAtEnd: { from, to: archive } };
}
