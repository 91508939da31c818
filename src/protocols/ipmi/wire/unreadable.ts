/** What every decoder returns for bytes that are not what they should be. Decoders never throw. */
export interface Unreadable {
  readonly is: 'unreadable';
  readonly why: string;
}

export const unreadable = (why: string): Unreadable => ({ is: 'unreadable', why });

export const isUnreadable = (outcome: object): outcome is Unreadable => 'is' in outcome && outcome.is === 'unreadable';
