import { boolean } from '../option.ts';

export const errors = {
  fatal_exception_format_errors: boolean(false, 'Raise on message format bugs.', {
    deprecatedNames: ['ironic_lib.fatal_exception_format_errors'],
  }),
};
