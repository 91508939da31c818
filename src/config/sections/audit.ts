import { boolean, path, text } from '../option.ts';

export const audit = {
  enabled: boolean(false, 'Audit API requests.'),
  audit_map_file: path('/etc/ironic/api_audit_map.conf', 'Audit map.'),
  ignore_req_list: text('', 'Methods not audited.'),
};
