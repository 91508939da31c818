// What a BMC wants to be told when a medium is inserted: learnt from how it refuses (reference: redfish/resources.md §5).

export interface Refusal {
  readonly status: number;
  readonly why: string;
  readonly ids: readonly string[];
}

export type InsertBody = Readonly<Record<string, unknown>>;

/** The most that is tried for one insertion. */
export const mostInserts = 5;

export const firstInsertBody = (image: string): InsertBody => ({ Image: image, Inserted: true, WriteProtected: true });

const protocolOf = (image: unknown): string => (String(image).startsWith('https:') ? 'HTTPS' : 'HTTP');

/** The body to try next, or undefined where the refusal says nothing that could be mended. */
export function nextInsertBody(body: InsertBody, { why, status }: Refusal): InsertBody | undefined {
  if (status >= 500 && !/TransferMethod|TransferProtocolType|UserName|Password/.test(why)) return undefined;
  const missing = /missing|mandatory|required|requires|not present/i.test(why);
  if (missing && /TransferProtocolType/.test(why) && !('TransferProtocolType' in body))
    return { ...body, TransferProtocolType: protocolOf(body.Image) };
  if (missing && /TransferMethod/.test(why) && !('TransferMethod' in body))
    return { ...body, TransferMethod: 'Stream' };
  if (missing && /UserName|Password/.test(why) && !('UserName' in body))
    return { ...body, UserName: 'none', Password: 'none' };
  // Some know the address of the image only (Supermicro X11, X12).
  if ('Inserted' in body && /Inserted|WriteProtected|unknown|unrecogni|not in the list|not supported/i.test(why)) {
    const { Inserted: _inserted, WriteProtected: _protected, ...bare } = body;
    return bare;
  }
  return undefined;
}
