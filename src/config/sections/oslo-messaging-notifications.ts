// Where versioned notifications go; only read when a message bus is set.
import { integer, list, multi, secret } from '../option.ts';

export const osloMessagingNotifications = {
  driver: multi([], 'How they are sent: messagingv2, messaging, log, noop.'),
  transport_url: secret(null, 'Message bus for them; [DEFAULT] transport_url when not set.'),
  topics: list(['notifications'], 'Topics of notifications that are not versioned.'),
  retry: integer(-1, 'How often sending is tried again; -1 without end.'),
};
