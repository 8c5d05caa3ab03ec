import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { BootstrapFault, say } from './language.mjs';
import { capture } from './run.mjs';

const NODE_VERSION = '24.21.0';
/** From here on Node runs TypeScript without a flag and without a warning. */
const NODE_MIN = [24, 12];
const PNPM_VERSION = '12.21.0';

/**
 * Node 24, pnpm and the packages, all inside the checkout. Resolves with the environment in which
 * every child finds them. What is there already is not fetched again.
 */
export async function prepareToolChain(root, { hasPackages = true } = {}) {
  const tools = join(root, '.cache', 'tools');
  const node = await findNode(tools);
  const pnpm = join(tools, 'node_modules', 'pnpm');
  await fetchTool(tools, { name: 'pnpm', package: `pnpm@${PNPM_VERSION}`, folder: pnpm });
  const bin = join(tools, 'bin');
  const env = {
    ...process.env,
    PATH: [bin, process.env.PATH ?? ''].join(delimiter),
    // Stripping types and compiling once, not at every start, halves the time that a command takes to begin.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compiled'),
  };
  // npm runs scripts with settings of its own that pnpm would take for the user's.
  delete env.npm_config_user_agent;
  linkTools(bin, { node, pnpm: join(tools, 'node_modules', '.bin', 'pnpm') });
  if (hasPackages) await installPackages(root, env);
  return { env, node };
}

async function findNode(tools) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) {
    return process.execPath;
  }
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(tools, 'node_modules', name);
  await fetchTool(tools, { name: 'Node', package: `${name}@${NODE_VERSION}`, folder });
  return join(folder, 'bin', 'node');
}

/** Asks the user's own npm, so that mirrors, proxies and certificates are the user's. */
async function fetchTool(tools, tool) {
  const wanted = tool.package.slice(tool.package.lastIndexOf('@') + 1);
  if (installedVersion(tool.folder) === wanted) return;
  say(
    `Fetching ${tool.package} into .cache/tools by npm`,
    `正在通过 npm 获取 ${tool.package} 到 .cache/tools`,
  );
  mkdirSync(tools, { recursive: true });
  // A folder with a manifest of its own keeps npm from walking up to the workspace.
  const manifest = join(tools, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const npm = await capture(
    'npm',
    // Not by --prefix, which would make npm look for the global settings below it.
    ['install', '--no-audit', '--no-fund', '--save-exact', tool.package],
    { cwd: tools, env: withoutNpmScriptSettings(process.env) },
  ).catch((fault) => ({ code: 1, text: fault.message }));
  if (npm.code === 0 && installedVersion(tool.folder) === wanted) return;
  throw fetchFault(tool.package, npm.text);
}

/** Under `npm run` the variables of the running script would be read as settings of this install. */
function withoutNpmScriptSettings(env) {
  const kept = Object.entries(env).filter(
    ([name]) => !/^npm_(config_prefix|config_local_prefix|package_|lifecycle_)/.test(name),
  );
  return Object.fromEntries(kept);
}

function installedVersion(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return null;
  }
}

function linkTools(bin, targets) {
  mkdirSync(bin, { recursive: true });
  for (const [name, target] of Object.entries(targets)) {
    const link = join(bin, name);
    rmSync(link, { force: true });
    symlinkSync(target, link);
  }
}

async function installPackages(root, env) {
  const stamp = join(root, '.cache', 'install.stamp');
  const wanted = manifestHash(root);
  if (existsSync(join(root, 'node_modules')) && readText(stamp) === wanted) {
    // Its time must be later than the lock file's, which a checkout may have touched.
    writeFileSync(stamp, wanted);
    return;
  }
  say(
    'Installing the packages of pnpm-lock.yaml into node_modules by pnpm',
    '正在通过 pnpm 安装 pnpm-lock.yaml 中的依赖到 node_modules',
  );
  const pnpm = await capture('pnpm', ['install', '--frozen-lockfile'], {
    cwd: root,
    // Without a terminal pnpm must not ask.
    env: { ...env, CI: 'true' },
  });
  if (pnpm.text.includes('ERR_PNPM_OUTDATED_LOCKFILE')) throw outdatedLockFault();
  if (pnpm.code !== 0) throw fetchFault('pnpm-lock.yaml', pnpm.text);
  writeFileSync(stamp, wanted);
}

/** Changes with whatever could make pnpm install something else. */
function manifestHash(root) {
  const hash = createHash('sha256');
  const folders = ['packages', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  );
  for (const path of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    'test/package.json',
    'bench/package.json',
    'recipes/package.json',
    ...folders.sort((a, b) => (a < b ? -1 : 1)).map((folder) => join(folder, 'package.json')),
  ]) {
    hash.update(`${path}\n${readText(join(root, path)) ?? 'absent'}\n`);
  }
  return hash.update(process.platform + process.arch).digest('hex');
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function outdatedLockFault() {
  return new BootstrapFault(
    'pnpm-lock.yaml does not fit the package.json files. Run: node infra/bootstrap.mjs run pnpm install',
    'pnpm-lock.yaml 与各 package.json 不一致。请执行:node infra/bootstrap.mjs run pnpm install',
  );
}

function fetchFault(what, text) {
  // Both tools name the cause first and go on with advice.
  const lines = text.trim().split('\n');
  const named = lines.filter((line) => /err(or)?\b|ERR_/i.test(line));
  const tail = (named.length > 0 ? named.slice(0, 5) : lines.slice(-5)).join('\n    ');
  return new BootstrapFault(
    `${what} could not be fetched:\n    ${tail}\nCheck the network, or the registry in your npm settings (npm config get registry), then run the same command again.`,
    `无法获取 ${what}:\n    ${tail}\n请检查网络或 npm 设置中的镜像地址(npm config get registry),然后重新执行同一命令。`,
  );
}
