// Every policy rule with its default check string, in oslo.policy's language. An operator's policy file replaces entries.

/** Rule name to default check string. */
export const policyRules = {
  admin_api: 'role:admin or role:administrator',
  public_api: 'is_public_api:True',
  show_password: '!',
  show_instance_secrets: '!',
  service_role: 'role:service and project_name:%(config.service_project_name)s',
  is_member: '(project_domain_id:default or project_domain_id:None) and (project_name:demo or project_name:baremetal)',
  is_observer: 'rule:is_member and (role:observer or role:baremetal_observer)',
  is_admin: 'rule:admin_api or (rule:is_member and role:baremetal_admin)',
  is_node_owner: 'project_id:%(node.owner)s',
  is_node_lessee: 'project_id:%(node.lessee)s',
  is_allocation_owner: 'project_id:%(allocation.owner)s',
  'baremetal:node:create': '(role:admin and system_scope:all) or (role:service and system_scope:all)',
  'baremetal:node:create:self_owned_node': '(role:admin) or (role:service)',
  'baremetal:node:list': '(role:reader) or (role:service)',
  'baremetal:node:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:node:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get:filter_threshold':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:node:get:last_error':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:reader and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get:reservation':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:reader and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get:driver_internal_info':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:reader and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get:driver_info':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:reader and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:driver_info':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:properties':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:chassis_uuid': 'role:admin and system_scope:all',
  'baremetal:node:update:instance_uuid':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:lessee':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:owner': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:node:update:driver_interfaces':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:network_data':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:conductor_group': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:node:update:name':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:retired':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:update_extra':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:update_instance_info':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update_owner_provisioned': 'role:admin and system_scope:all',
  'baremetal:node:delete': 'role:admin and system_scope:all',
  'baremetal:node:delete:self_owned_node': 'role:admin and project_id:%(node.owner)s',
  'baremetal:node:validate':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_maintenance':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:clear_maintenance':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get_boot_device':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_boot_device':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get_indicator_state':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_indicator_state':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:inject_nmi':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get_states':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_power_state':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:set_boot_mode':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:set_secure_boot':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:set_provision_state':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_provision_state:clean_steps':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_provision_state:service_steps':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_raid_state':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:get_console':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:set_console_state':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:vif:list':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:vif:attach':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:vif:detach':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:traits:list':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:traits:set':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:traits:delete':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:bios:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:disable_cleaning': 'role:admin and system_scope:all',
  'baremetal:node:history:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:reader and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:inventory:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:reader and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:update:shard': 'role:admin and system_scope:all',
  'baremetal:shards:get':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:node:update:parent_node': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:node:update:disable_power_off': 'role:admin and system_scope:all',
  'baremetal:node:firmware:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:node:vmedia:attach':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:vmedia:detach':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and system_scope:all)',
  'baremetal:node:vmedia:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:port:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:port:list': '(role:reader) or (role:service)',
  'baremetal:port:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:port:create':
    '(role:admin and system_scope:all) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:port:delete':
    '(role:admin and system_scope:all) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:port:update':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:portgroup:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:portgroup:create':
    '(role:admin and system_scope:all) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:portgroup:delete':
    '(role:admin and system_scope:all) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:portgroup:update':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:portgroup:list': '(role:reader) or (role:service)',
  'baremetal:portgroup:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:chassis:get':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:chassis:create': 'role:admin and system_scope:all',
  'baremetal:chassis:delete': 'role:admin and system_scope:all',
  'baremetal:chassis:update': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:driver:get':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:driver:get_properties':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:driver:get_raid_logical_disk_properties':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:node:vendor_passthru': 'role:admin and system_scope:all',
  'baremetal:driver:vendor_passthru': 'role:admin and system_scope:all',
  'baremetal:node:ipa_heartbeat': '',
  'baremetal:driver:ipa_lookup': '',
  'baremetal:driver:ipa_continue_inspection': '',
  'baremetal:volume:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:volume:list': '(role:reader) or (role:service)',
  'baremetal:volume:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s)) or (role:service and project_id:%(node.owner)s)',
  'baremetal:volume:create':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:volume:delete':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:admin and project_id:%(node.owner)s) or (role:manager and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:volume:update':
    '((role:member and system_scope:all) or rule:service_role) or (role:service and system_scope:all) or (role:member and project_id:%(node.owner)s) or (role:admin and project_id:%(node.lessee)s) or (role:manager and project_id:%(node.lessee)s) or (role:service and project_id:%(node.owner)s)',
  'baremetal:volume:view_target_properties':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:admin)',
  'baremetal:conductor:get':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:allocation:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and project_id:%(allocation.owner)s)',
  'baremetal:allocation:list': '(role:reader) or (role:service)',
  'baremetal:allocation:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:allocation:create': '((role:member and system_scope:all) or rule:service_role) or (role:member)',
  'baremetal:allocation:create_restricted': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:allocation:delete':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and project_id:%(allocation.owner)s)',
  'baremetal:allocation:update':
    '((role:member and system_scope:all) or rule:service_role) or (role:member and project_id:%(allocation.owner)s)',
  'baremetal:allocation:create_pre_rbac':
    '(rule:is_member and role:baremetal_admin) or (is_admin_project:True and role:admin)',
  'baremetal:events:post': 'role:admin and system_scope:all',
  'baremetal:deploy_template:get':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:deploy_template:create': 'role:admin and system_scope:all',
  'baremetal:deploy_template:delete': 'role:admin and system_scope:all',
  'baremetal:deploy_template:update': 'role:admin and system_scope:all',
  'baremetal:runbook:get':
    '((role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role) or (role:reader and project_id:%(runbook.owner)s) or role:service',
  'baremetal:runbook:list': '(role:reader) or (role:service)',
  'baremetal:runbook:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:runbook:create':
    '((role:member and system_scope:all) or rule:service_role) or role:manager or role:service',
  'baremetal:runbook:delete':
    '((role:member and system_scope:all) or rule:service_role) or (role:manager and project_id:%(runbook.owner)s) or role:service',
  'baremetal:runbook:update':
    '((role:member and system_scope:all) or rule:service_role) or (role:manager and project_id:%(runbook.owner)s) or role:service',
  'baremetal:runbook:update:public': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:runbook:update:owner': '(role:member and system_scope:all) or rule:service_role',
  'baremetal:runbook:use':
    '((role:member and system_scope:all) or rule:service_role) or (role:manager and project_id:%(runbook.owner)s) or role:service',
  'baremetal:inspection_rule:get':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:inspection_rule:list_all':
    '(role:reader and system_scope:all) or (role:service and system_scope:all) or rule:service_role',
  'baremetal:inspection_rule:create': 'role:admin and system_scope:all',
  'baremetal:inspection_rule:update': 'role:admin and system_scope:all',
  'baremetal:inspection_rule:delete': 'role:admin and system_scope:all',
} as const satisfies Record<string, string>;
