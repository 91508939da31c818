import { boolean, integer } from '../option.ts';

export const osloMiddleware = {
  enable_proxy_headers_parsing: boolean(false, 'Believe Forwarded and X-Forwarded-* headers.'),
  max_request_body_size: integer(114688, 'Body cap of other requests in bytes.'),
};
