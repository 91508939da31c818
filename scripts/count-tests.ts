// Adds up the results of the test parts and prints the closing lines; exits 1 where anything failed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const [folder, broken = ''] = process.argv.slice(2);
const failedParts = broken.split(' ').filter(Boolean);
let passed = 0;
let failed = 0;
let skipped = 0;
const counted = new Set<string>();
for (const file of readdirSync(folder!)) {
  const results = JSON.parse(readFileSync(join(folder!, file), 'utf8')) as Results;
  counted.add(file.replace(/\.json$/, ''));
  passed += results.numPassedTests;
  failed += results.numFailedTests;
  skipped += results.numPendingTests;
}
for (const part of failedParts) if (!counted.has(part) || failed === 0) failed += 1;
if (failedParts.length) console.log(`\nFailed: ${failedParts.join(', ')}`);
if (skipped && process.env.CI === 'true') {
  console.log(`\n${skipped} tests were skipped, which CI does not allow.`);
  failed += skipped;
}
console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed ? 1 : 0;
