import { choice, text } from '../option.ts';

export const inventory = {
  data_backend: choice('database', ['database', 'none', 'swift'], 'Where inspection data is kept.'),
  swift_data_container: text('introspection_data_container', 'Container.'),
};
