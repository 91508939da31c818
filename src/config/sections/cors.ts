import { boolean, list, seconds } from '../option.ts';

export const cors = {
  allowed_origin: list(null, 'Origins whose pages may call the API; * for all.'),
  allow_credentials: boolean(true, 'Such calls may carry credentials.'),
  expose_headers: list([], 'Reply headers that pages may read.'),
  max_age: seconds(3600, 'How long a preflight reply holds.'),
  allow_methods: list(
    ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'PATCH'],
    'Methods that pages may use.',
  ),
  allow_headers: list([], 'Request headers that pages may send.'),
};
