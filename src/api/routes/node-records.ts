// What is known of a node beside its row: history, BIOS settings, firmware, inventory, children.

import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue, NodeHistoryNotFound, NodeInventoryNotFound } from '#contract/errors.ts';
import { fieldOf, pickedAt, shownAt } from '#contract/fields.ts';
import { biosSetting } from '#contract/resources/bios-setting.ts';
import { firmware } from '#contract/resources/firmware.ts';
import { history } from '#contract/resources/history.ts';
import { biosSettingBy, biosSettingsOf } from '#db/bios-settings.ts';
import { firmwareOf } from '#db/firmware-components.ts';
import { historyBy, listHistory } from '#db/node-history.ts';
import { inventoryOf } from '#db/node-inventory.ts';
import { listNodes } from '#db/node-list.ts';
import type { BiosSettingRow, FirmwareComponentRow, NodeHistoryRow } from '#db/schema.ts';
import { listArguments } from '../paging.ts';
import { makeRenderer, type View } from '../render.ts';
import { type Kind, listReply } from '../resource.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { sightOf } from '../sight.ts';

const shortEvent = { longest: 255, kept: 251 };

const cut = (text: string | null): string | null =>
  text !== null && text.length > shortEvent.longest ? `${text.slice(0, shortEvent.kept)}...` : text;

const historyPath = (row: NodeHistoryRow): string => `nodes/${row.node_uuid}/history`;

const historyKind = (whole: boolean): Kind<NodeHistoryRow> => ({
  resource: history,
  renderer: makeRenderer<NodeHistoryRow>(history, {
    makers: {
      // compat: no bookmark among these links
      links: (row, { base }) => [{ href: `${base}/v1/${historyPath(row)}/${row.uuid}`, rel: 'self' }],
      ...(!whole && { event: (row) => cut(row.event) }),
    },
  }),
  by: async (_db, ident) => {
    throw new NodeHistoryNotFound({ ident });
  },
});
const wholeHistory = historyKind(true);
const shortHistory = historyKind(false);

function listEvents(ask: Ask): Promise<Reply> {
  const { node, db } = ask;
  // compat: the oldest first, by time, when nobody says otherwise
  const sorted = ask.args.sort_key ? ask : { ...ask, args: { ...ask.args, sort_key: 'created_at' } };
  const kind = ask.args.detail ? wholeHistory : shortHistory;
  return listReply(sorted, kind, (page) => listHistory(db.read, node.uuid, page), {
    path: `nodes/${node.uuid}/history`,
  });
}

const biosRenderer = makeRenderer<BiosSettingRow>(biosSetting, {
  path: (row) => `nodes/${row.node_uuid}/bios/${row.name}`,
  makers: { allowable_values: (row) => row.allowable_values ?? [] },
});
/** compat: times are shown with any choice of fields. */
const biosAlways = ['created_at', 'updated_at'];
const firmwareRenderer = makeRenderer<FirmwareComponentRow>(firmware, { key: 'component' });

function refuseDetailAndFields({ args }: Ask): void {
  if (args.detail && args.fields)
    throw new InvalidParameterValue({ why: '"detail" and "fields" cannot be given together.' });
}

async function listBios(ask: Ask): Promise<Reply> {
  refuseDetailAndFields(ask);
  const { fields, detail } = ask.args as { fields?: string[]; detail?: boolean };
  const picked = fields ? pickedAt(biosSetting, ask.minor, fields) : biosSetting.listed;
  const view: View = detail ? 'all' : [...new Set([...biosAlways, ...picked])];
  const settings = await biosSettingsOf(ask.db.read, ask.node.uuid);
  return { body: { bios: settings.map((row) => biosRenderer.one(row, view, ask)) } };
}

async function showBios(ask: Ask): Promise<Reply> {
  const row = await biosSettingBy(ask.db.read, ask.node.uuid, ask.params.setting!);
  return { body: { [row.name]: biosRenderer.one(row, 'all', ask) } };
}

async function listFirmware(ask: Ask): Promise<Reply> {
  refuseDetailAndFields(ask);
  const fields = ask.args.fields as string[] | undefined;
  // compat: a field of a later version is a wrong one here, not one that is too new
  const early = fields?.find((name) => (fieldOf(firmware, name)?.since ?? 0) > ask.minor);
  if (early) throw new InvalidParameterValue({ why: `fields: "${early}" is known from a later API version on.` });
  const view = fields ? pickedAt(firmware, ask.minor, fields) : shownAt(firmware, ask.minor);
  const rows = await firmwareOf(ask.db.read, ask.node.uuid);
  return { body: { firmware: rows.map((row) => firmwareRenderer.one(row, view, ask)) } };
}

export const nodeRecordRoutes = [
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/history',
    since: 78,
    policy: 'baremetal:node:history:get',
    query: listArguments(history),
    handle: listEvents,
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/history/{event}',
    since: 78,
    policy: 'baremetal:node:history:get',
    async handle(ask) {
      const ident = ask.params.event!;
      if (!isUuid(ident)) throw new NodeHistoryNotFound({ ident });
      const row = await historyBy(ask.db.read, ask.node.uuid, ident);
      return { body: wholeHistory.renderer.one(row, 'all', ask) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/bios',
    since: 40,
    policy: 'baremetal:node:bios:get',
    query: { detail: { type: 'flag', since: 74 }, fields: { type: 'list', since: 74 } },
    handle: listBios,
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/bios/{setting}',
    since: 40,
    policy: 'baremetal:node:bios:get',
    handle: showBios,
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/firmware',
    since: 86,
    policy: 'baremetal:node:firmware:get',
    query: { detail: { type: 'flag' }, fields: { type: 'list' } },
    handle: listFirmware,
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/inventory',
    since: 81,
    policy: 'baremetal:node:inventory:get',
    async handle({ db, node, settings }) {
      if (!settings.keepsInventory) throw new NodeInventoryNotFound({ node: node.uuid });
      const { inventory_data, plugin_data } = await inventoryOf(db.read, node.uuid);
      return { body: { inventory: inventory_data, plugin_data } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/children',
    since: 83,
    policy: 'baremetal:node:get',
    async handle(ask) {
      const { db, node, base } = ask;
      const rows = await listNodes(db.read, { parent_node: node.uuid, sight: sightOf(ask, 'node') }, {}, ['uuid']);
      // compat: one link, to the list of nodes
      const links = { href: `${base}/v1/nodes?parent_node=${node.uuid}`, rel: 'children' };
      return { body: { children: rows.map(({ uuid }) => uuid), links } };
    },
  }),
];
