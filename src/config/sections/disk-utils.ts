import { integer } from '../option.ts';

export const diskUtils = {
  image_convert_memory_limit: integer(2048, 'Memory for the conversion of an image, in MiB.'),
  image_convert_attempts: integer(3, 'How often to try to convert an image.'),
};
