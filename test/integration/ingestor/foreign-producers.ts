import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KAFKA_VERSION } from '@strata/local-stack';
import { ROOT } from './ingestor-stack.ts';

/** Producers that share no code with ours. */

const run = promisify(execFile);
const JAVA = fileURLToPath(new URL('java/', import.meta.url));
/** In `java/pom.xml` as well. */
const AVRO_VERSION = '1.12.1';
/** As the local stack pins it. */
const MAVEN_DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.10';
const READER = 'AvroLineReader';

export function hasKcat(): boolean {
  return spawnSync('kcat', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** One record a line. Rejects with what kcat says where the broker does not take one. */
export async function publishByKcat(
  at: { readonly brokers: readonly string[]; readonly topic: string },
  lines: readonly string[],
  more: readonly string[] = [],
): Promise<void> {
  const args = ['-P', '-b', at.brokers.join(','), '-t', at.topic, ...more];
  await fed('kcat', args, lines.join('\n'));
}

/** Java's own Avro, made of lines by Kafka's console producer. Everything but our reader of lines is theirs. */
export class JavaProducer {
  readonly #classPath: string;

  private constructor(classPath: string) {
    this.#classPath = classPath;
  }

  /** Fetches Avro once per checkout, and compiles our reader of lines into `folder`. */
  static async prepare(folder: string): Promise<JavaProducer> {
    const avro = join(ROOT, '.cache', 'java-avro', AVRO_VERSION);
    if (!existsSync(avro)) {
      const draft = `${avro}.${process.pid}`;
      await mkdir(draft, { recursive: true });
      const pom = join(JAVA, 'pom.xml');
      const what = [`${MAVEN_DEPENDENCY_PLUGIN}:copy-dependencies`, '-DincludeScope=runtime'];
      await run('mvn', ['-q', '-B', '-f', pom, ...what, `-DoutputDirectory=${draft}`]);
      await rename(draft, avro);
    }
    const jars = [join(ROOT, '.cache', 'kafka', KAFKA_VERSION, '*'), join(avro, '*')];
    const classPath = [folder, ...jars].join(delimiter);
    const source = join(JAVA, `${READER}.java`);
    await run('javac', ['-cp', classPath, '-d', folder, source]);
    return new JavaProducer(classPath);
  }

  async publish(
    at: {
      readonly brokers: readonly string[];
      readonly registryUrl: string;
      readonly topic: string;
    },
    lines: readonly string[],
  ): Promise<void> {
    const jvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', this.#classPath];
    const reader = ['--line-reader', READER, '--reader-property', `registry=${at.registryUrl}`];
    const main = 'org.apache.kafka.tools.ConsoleProducer';
    const to = ['--bootstrap-server', at.brokers.join(','), '--topic', at.topic];
    await fed('java', [...jvm, main, ...to, ...reader], lines.join('\n'));
  }
}

function fed(command: string, args: readonly string[], input: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  child.once('error', reject);
  child.once('close', (code) => {
    if (code === 0) resolve();
    else reject(new Error(`${command} ended with ${code}: ${said}`));
  });
  child.stdin.end(input);
  return promise;
}
