import { boolean, list, path, text } from '../option.ts';

export const oci = {
  secure_cdn_registries: list(
    ['registry.redhat.io', 'registry.access.redhat.com', 'docker.io', 'registry-1.docker.io'],
    'Registries whose download hosts must not be sent the credentials.',
  ),
  authentication_config: path(null, 'File of registry credentials.', { mutable: true }),
  permit_fallback_to_http_transport: boolean(false, 'Registries may be asked by plain http.'),
  verify_ca: text(null, 'Check of the registry certificate: True, False or a CA file.', { mutable: true }),
};
