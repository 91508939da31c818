import { InvalidParameterValue } from '#contract/errors.ts';
import { isTrait } from '#contract/standard-traits.ts';
import { typeName } from '#contract/values.ts';

/** The traits of a body `{"traits": [...]}`, each once; 400 for anything else. */
export function requireTraits(body: unknown): string[] {
  const wrong = (why: string) => new InvalidParameterValue({ why });
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !Object.hasOwn(body, 'traits'))
    throw wrong('The body has to be {"traits": [...]}; a single trait is added with PUT …/traits/TRAIT and no body.');
  const extra = Object.keys(body).filter((key) => key !== 'traits');
  if (extra.length) throw wrong(`"${extra.join('", "')}" is not part of the body; {"traits": [...]} is accepted.`);
  return checkTraits((body as { traits: unknown }).traits);
}

/** A list of traits, each once; 400 for anything else. */
export function checkTraits(traits: unknown): string[] {
  if (!Array.isArray(traits))
    throw new InvalidParameterValue({ why: `traits: a list is accepted, not ${typeName(traits)}.` });
  for (const trait of traits)
    if (typeof trait !== 'string' || !isTrait(trait))
      throw new InvalidParameterValue({
        why: `"${String(trait)}" is no trait: CUSTOM_… or a standard one is accepted.`,
      });
  return [...new Set(traits as string[])];
}
