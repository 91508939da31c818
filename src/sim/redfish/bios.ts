// BIOS settings and secure boot of a machine: what is set counts from the next start of its firmware.
import type { BoardRoute, Meant } from './around.ts';
import { type BiosValues, biosRefusal } from './bios-facts.ts';
import { type Answer, badValue, type Json, link, nothing, ok, resource, unknownProperty, wrong } from './reply.ts';

function show({ board, paths }: Meant): Json {
  const at = paths.bios;
  return resource(at, 'Bios.v1_2_1.Bios', 'Bios', 'BIOS settings', {
    AttributeRegistry: 'SimBios',
    Attributes: board.bios,
    '@Redfish.Settings': {
      '@odata.type': '#Settings.v1_3_5.Settings',
      SettingsObject: link(`${at}/Settings`),
      SupportedApplyTimes: ['OnReset'],
    },
    Actions: { '#Bios.ResetBios': { target: `${at}/Actions/Bios.ResetBios` } },
  });
}

function pending({ board, paths }: Meant): Json {
  return resource(`${paths.bios}/Settings`, 'Bios.v1_2_1.Bios', 'Settings', 'Staged BIOS settings', {
    AttributeRegistry: 'SimBios',
    Attributes: board.staged?.values ?? {},
  });
}

function stage({ board }: Meant, body: Json): Answer {
  const values = (body.Attributes ?? {}) as BiosValues;
  for (const [name, value] of Object.entries(values)) {
    const why = biosRefusal(name, value);
    if (why?.startsWith('there is no')) return unknownProperty(`Attributes/${name}`);
    if (why) return wrong(400, 'PropertyValueNotInList', `${why}.`, String(value), name);
  }
  const staged = board.staged ?? { values: {}, reset: false };
  board.staged = { ...staged, values: { ...staged.values, ...values }, boots: board.machine.hardware.boots };
  return nothing;
}

function secureBoot({ board, paths }: Meant): Json {
  const at = paths.secureBoot;
  return resource(at, 'SecureBoot.v1_1_0.SecureBoot', 'SecureBoot', 'UEFI Secure Boot', {
    SecureBootEnable: board.secureBoot.wanted,
    SecureBootCurrentBoot: board.secureBoot.enabled ? 'Enabled' : 'Disabled',
    SecureBootMode: board.secureBoot.mode,
    Actions: {
      '#SecureBoot.ResetKeys': {
        target: `${at}/Actions/SecureBoot.ResetKeys`,
        'ResetKeysType@Redfish.AllowableValues': Object.keys(keyResets),
      },
    },
  });
}

const keyResets: Readonly<Record<string, 'UserMode' | 'SetupMode'>> = {
  ResetAllKeysToDefault: 'UserMode',
  DeleteAllKeys: 'SetupMode',
  DeletePK: 'SetupMode',
};

function resetKeys({ board }: Meant, type: unknown): Answer {
  if (!Object.hasOwn(keyResets, String(type))) return badValue('ResetKeysType', type);
  board.secureBoot.mode = keyResets[String(type)]!;
  return nothing;
}

export const biosRoutes: readonly BoardRoute[] = [
  ['/redfish/v1/Systems/{machine}/Bios', { GET: (_asked, meant) => ok(show(meant)) }],
  [
    '/redfish/v1/Systems/{machine}/Bios/Settings',
    { GET: (_asked, meant) => ok(pending(meant)), PATCH: ({ body }, meant) => stage(meant, body) },
  ],
  [
    '/redfish/v1/Systems/{machine}/Bios/Actions/Bios.ResetBios',
    {
      POST: (_asked, { board }) => {
        board.staged = { values: {}, reset: true, boots: board.machine.hardware.boots };
        return nothing;
      },
    },
  ],
  [
    '/redfish/v1/Systems/{machine}/SecureBoot',
    {
      GET: (_asked, meant) => ok(secureBoot(meant)),
      PATCH: ({ body }, { board }) => {
        if (typeof body.SecureBootEnable !== 'boolean') return badValue('SecureBootEnable', body.SecureBootEnable);
        board.secureBoot.wanted = body.SecureBootEnable;
        board.secureBoot.boots = board.machine.hardware.boots;
        return nothing;
      },
    },
  ],
  [
    '/redfish/v1/Systems/{machine}/SecureBoot/Actions/SecureBoot.ResetKeys',
    { POST: ({ body }, meant) => resetKeys(meant, body.ResetKeysType) },
  ],
];
