import { boolean } from '../option.ts';

export const errors = {
  fatal_exception_format_errors: boolean(false, 'For tests of Ironic; no meaning here.', {
    deprecatedNames: ['ironic_lib.fatal_exception_format_errors'],
  }),
};
