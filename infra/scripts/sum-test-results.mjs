/**
 * sum-test-results.mjs [--stage NAME=EXIT_CODE]... RESULT.json...: adds up vitest's JSON reports and
 * ends with one line, `N passed, N failed`. A skipped test, a report that is missing, a run that
 * failed without a failing test, and a stage that did not end 0 count as failed: CI has no other way
 * to hide something. Plain JavaScript, because it must also run where the tool chain could not be had.
 */
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
const LINES_MAX = 20;
let passed = 0;
const failures = [];

for (const arg of args) {
  const stage = /^--stage=(.+)=(\d+)$/.exec(arg);
  if (stage === null) addReport(arg);
  else if (stage[2] !== '0') failures.push(`${stage[1]} ended with ${stage[2]}`);
}
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function addReport(path) {
  const report = readReport(path);
  if (report === null) {
    failures.push(`${path} is missing: its run did not come to an end`);
    return;
  }
  const before = failures.length;
  for (const file of report.testResults) {
    const failedBefore = failures.length;
    for (const test of file.assertionResults) addTest(file, test);
    if (file.status === 'failed' && failures.length === failedBefore) {
      failures.push(`${file.name}: ${firstLines(file.message)}`);
    }
  }
  if (!report.success && failures.length === before) {
    failures.push(`${path}: the run failed outside its tests`);
  }
}

function addTest(file, test) {
  if (test.status === 'passed') passed += 1;
  else {
    const reason = test.status === 'failed' ? test.failureMessages?.[0] : notRun(file);
    failures.push(`${file.name}: ${test.fullName} (${firstLines(reason)})`);
  }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** A test without an outcome of its own: skipped, or its file's set-up failed, whose message tells why. */
function notRun(file) {
  return file.message ? `not run: ${file.message}` : 'not run';
}

/** Enough of a message to act on: what went wrong, and the log lines that our own faults bring along. */
function firstLines(text) {
  return String(text ?? '')
    .split('\n')
    .slice(0, LINES_MAX)
    .join('\n    ');
}
