import { boolean, integer } from '../option.ts';

export const osloMiddleware = {
  enable_proxy_headers_parsing: boolean(false, 'Believe Forwarded and X-Forwarded-* headers: for links in answers.'),
  max_request_body_size: integer(null, 'Another limit of the usual bodies, in bytes.', { min: 1024 }),
};
