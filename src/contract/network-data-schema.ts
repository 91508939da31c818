// The form of `network_data`: static network configuration in nova's format (network_data.json). JSON Schema, draft 7.

export const networkDataSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['links', 'networks', 'services'],
  properties: {
    links: {
      type: 'array',
      items: {
        oneOf: [
          {
            $ref: '#/definitions/l2_link',
          },
          {
            $ref: '#/definitions/l2_bond',
          },
          {
            $ref: '#/definitions/l2_vlan',
          },
        ],
      },
    },
    networks: {
      type: 'array',
      items: {
        oneOf: [
          {
            $ref: '#/definitions/l3_ipv4_network',
          },
          {
            $ref: '#/definitions/l3_ipv6_network',
          },
        ],
      },
    },
    services: {
      $ref: '#/definitions/services',
    },
  },
  definitions: {
    l2_address: {
      type: 'string',
      pattern: '^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$',
    },
    l2_id: {
      type: 'string',
    },
    l2_mtu: {
      anyOf: [
        {
          type: 'number',
          minimum: 1,
          maximum: 65535,
        },
        {
          type: 'null',
        },
      ],
    },
    l2_vif_id: {
      type: 'string',
    },
    l2_link: {
      type: 'object',
      required: ['ethernet_mac_address', 'id', 'type'],
      properties: {
        id: {
          $ref: '#/definitions/l2_id',
        },
        ethernet_mac_address: {
          $ref: '#/definitions/l2_address',
        },
        mtu: {
          $ref: '#/definitions/l2_mtu',
        },
        type: {
          type: 'string',
          enum: ['bridge', 'dvs', 'hw_veb', 'hyperv', 'ovs', 'tap', 'vhostuser', 'vif', 'phy'],
        },
        vif_id: {
          $ref: '#/definitions/l2_vif_id',
        },
      },
    },
    l2_bond: {
      type: 'object',
      required: ['ethernet_mac_address', 'id', 'type', 'bond_mode', 'bond_links'],
      properties: {
        id: {
          $ref: '#/definitions/l2_id',
        },
        ethernet_mac_address: {
          $ref: '#/definitions/l2_address',
        },
        mtu: {
          $ref: '#/definitions/l2_mtu',
        },
        type: {
          type: 'string',
          enum: ['bond'],
        },
        vif_id: {
          $ref: '#/definitions/l2_vif_id',
        },
        bond_mode: {
          type: 'string',
          enum: ['802.3ad', 'balance-rr', 'active-backup', 'balance-xor', 'broadcast', 'balance-tlb', 'balance-alb'],
        },
        bond_links: {
          type: 'array',
          items: {
            type: 'string',
          },
        },
      },
    },
    l2_vlan: {
      type: 'object',
      required: ['vlan_mac_address', 'id', 'type', 'vlan_link', 'vlan_id'],
      properties: {
        id: {
          $ref: '#/definitions/l2_id',
        },
        vlan_mac_address: {
          $ref: '#/definitions/l2_address',
        },
        mtu: {
          $ref: '#/definitions/l2_mtu',
        },
        type: {
          type: 'string',
          enum: ['vlan'],
        },
        vif_id: {
          $ref: '#/definitions/l2_vif_id',
        },
        vlan_id: {
          type: 'integer',
        },
        vlan_link: {
          type: 'string',
        },
      },
    },
    l3_id: {
      type: 'string',
    },
    l3_link: {
      type: 'string',
    },
    l3_network_id: {
      type: 'string',
    },
    l3_ipv4_type: {
      type: 'string',
      enum: ['ipv4', 'ipv4_dhcp'],
    },
    l3_ipv6_type: {
      type: 'string',
      enum: ['ipv6', 'ipv6_dhcp', 'ipv6_slaac'],
    },
    l3_ipv4_host: {
      type: 'string',
      format: 'ipv4',
    },
    l3_ipv6_host: {
      type: 'string',
      pattern: '^[0-9A-Fa-f:.]+(%[0-9a-zA-Z]+)?(/[0-9]{1,3})?$',
    },
    l3_ipv4_netmask: {
      type: 'string',
      format: 'ipv4',
    },
    l3_ipv6_netmask: {
      type: 'string',
      format: 'ipv6',
    },
    l3_ipv4_nw: {
      type: 'string',
      format: 'ipv4',
    },
    l3_ipv6_nw: {
      type: 'string',
      format: 'ipv6',
    },
    l3_ipv4_gateway: {
      type: 'string',
      format: 'ipv4',
    },
    l3_ipv6_gateway: {
      type: 'string',
      format: 'ipv6',
    },
    l3_ipv4_network_route: {
      type: 'object',
      required: ['gateway', 'netmask', 'network'],
      properties: {
        network: {
          $ref: '#/definitions/l3_ipv4_nw',
        },
        netmask: {
          $ref: '#/definitions/l3_ipv4_netmask',
        },
        gateway: {
          $ref: '#/definitions/l3_ipv4_gateway',
        },
        services: {
          $ref: '#/definitions/ipv4_services',
        },
      },
    },
    l3_ipv6_network_route: {
      type: 'object',
      required: ['gateway', 'netmask', 'network'],
      properties: {
        network: {
          $ref: '#/definitions/l3_ipv6_nw',
        },
        netmask: {
          $ref: '#/definitions/l3_ipv6_netmask',
        },
        gateway: {
          $ref: '#/definitions/l3_ipv6_gateway',
        },
        services: {
          $ref: '#/definitions/ipv6_services',
        },
      },
    },
    l3_ipv4_network: {
      type: 'object',
      required: ['id', 'link', 'network_id', 'type'],
      properties: {
        id: {
          $ref: '#/definitions/l3_id',
        },
        link: {
          $ref: '#/definitions/l3_link',
        },
        network_id: {
          $ref: '#/definitions/l3_network_id',
        },
        type: {
          $ref: '#/definitions/l3_ipv4_type',
        },
        ip_address: {
          $ref: '#/definitions/l3_ipv4_host',
        },
        netmask: {
          $ref: '#/definitions/l3_ipv4_netmask',
        },
        routes: {
          type: 'array',
          items: {
            $ref: '#/definitions/l3_ipv4_network_route',
          },
        },
      },
    },
    l3_ipv6_network: {
      type: 'object',
      required: ['id', 'link', 'network_id', 'type'],
      properties: {
        id: {
          $ref: '#/definitions/l3_id',
        },
        link: {
          $ref: '#/definitions/l3_link',
        },
        network_id: {
          $ref: '#/definitions/l3_network_id',
        },
        type: {
          $ref: '#/definitions/l3_ipv6_type',
        },
        ip_address: {
          $ref: '#/definitions/l3_ipv6_host',
        },
        netmask: {
          $ref: '#/definitions/l3_ipv6_netmask',
        },
        routes: {
          type: 'array',
          items: {
            $ref: '#/definitions/l3_ipv6_network_route',
          },
        },
      },
    },
    ipv4_service: {
      type: 'object',
      required: ['address', 'type'],
      properties: {
        address: {
          $ref: '#/definitions/l3_ipv4_host',
        },
        type: {
          type: 'string',
          enum: ['dns'],
        },
      },
    },
    ipv6_service: {
      type: 'object',
      required: ['address', 'type'],
      properties: {
        address: {
          $ref: '#/definitions/l3_ipv6_host',
        },
        type: {
          type: 'string',
          enum: ['dns'],
        },
      },
    },
    ipv4_services: {
      type: 'array',
      items: {
        $ref: '#/definitions/ipv4_service',
      },
    },
    ipv6_services: {
      type: 'array',
      items: {
        $ref: '#/definitions/ipv6_service',
      },
    },
    services: {
      type: 'array',
      items: {
        anyOf: [
          {
            $ref: '#/definitions/ipv4_service',
          },
          {
            $ref: '#/definitions/ipv6_service',
          },
        ],
      },
    },
  },
  $id: 'http://openstack.org/nova/network_data.json',
} as const;
