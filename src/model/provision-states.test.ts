import { expect, test } from 'vitest';
import { after, allTransitions, eventsFrom, factsOf, states } from './provision-states.ts';

test('there are 30 states and 93 transitions', () => {
  expect(Object.keys(states)).toHaveLength(30);
  expect(allTransitions).toHaveLength(93);
});

test('every state has a way out, and every transition leads to a state', () => {
  for (const state of Object.keys(states)) expect(eventsFrom(state), state).not.toHaveLength(0);
  for (const [from, , to] of allTransitions) {
    expect(factsOf(from), from).toBeDefined();
    expect(factsOf(to), to).toBeDefined();
  }
});

test('every working state can fail and belongs to a flow, so that nobody is left in it', () => {
  for (const [state, facts] of Object.entries(states)) {
    if (facts.is !== 'working') continue;
    expect(after(state, 'fail'), state).toBeDefined();
    expect('flow' in facts, state).toBe(true);
  }
});

test('every waiting state has an end other than success', () => {
  for (const [state, facts] of Object.entries(states)) {
    if (facts.is === 'waiting') expect(after(state, 'fail') ?? after(state, 'abort'), state).toBeDefined();
  }
});

test('a name that is no state has no facts', () => {
  expect(factsOf('flying')).toBeUndefined();
  expect(after('flying', 'land')).toBeUndefined();
});
