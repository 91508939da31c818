import { expect, test } from 'vitest';
import { makeLog } from './log.ts';

function written(format: 'json' | 'text', level: () => 'debug' | 'info' | 'warn' = () => 'info') {
  const lines: string[] = [];
  return { log: makeLog({ level, format }, { write: (line: string) => lines.push(line) }), lines };
}

test('passwords and tokens never reach the log', () => {
  const { log, lines } = written('json');
  log.info({ password: 'p1', driver_info: { ipmi_password: 'p2' }, agent_token: 'p3' }, 'told');
  expect(lines.join('')).not.toMatch(/p1|p2|p3/);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', msg: 'told', password: '******' });
});

test('text is for people: time, level, sentence, reason, facts', () => {
  const { log, lines } = written('text');
  log.child({ node: 'n1' }).warn({ err: new Error('no answer'), tries: 3 }, 'The BMC is silent');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}The BMC is silent: no answer {2}\(node=n1 tries=3\)\n$/);
});

test('the level may change while the program runs, for children that were made before, too', () => {
  let level: 'debug' | 'info' | 'warn' = 'warn';
  const { log, lines } = written('json', () => level);
  const child = log.child({ part: 'x' });
  child.info({}, 'not yet');
  level = 'debug';
  child.debug({}, 'now');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['now']);
});
