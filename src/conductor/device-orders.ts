// Orders for what a BMC has besides power and boot order, bound to a conductor.
import type { Conductor } from './conductor.ts';
import { consoleOf, setConsole } from './console.ts';
import { setBootMode, setSecureBoot } from './firmware-modes.ts';
import { indicator, indicators, setIndicator } from './indicators.ts';
import { attachMedia, detachMedia, media } from './media.ts';
import { type PassthruOrder, passthru, passthruMethods, refuseDriverMethod } from './passthru.ts';
import { logicalDiskProperties, setRaid } from './raid.ts';

export function deviceOrders(conductor: Conductor) {
  return {
    console: (node: string) => consoleOf(conductor, node),
    setConsole: (o: Parameters<typeof setConsole>[1]) => setConsole(conductor, o),
    setRaid: (o: Parameters<typeof setRaid>[1]) => setRaid(conductor, o),
    raidProperties: async (_driver: string) => logicalDiskProperties,
    setBootMode: (o: Parameters<typeof setBootMode>[1]) => setBootMode(conductor, o),
    setSecureBoot: (o: Parameters<typeof setSecureBoot>[1]) => setSecureBoot(conductor, o),
    indicators: (node: string) => indicators(conductor, node),
    indicator: (o: Parameters<typeof indicator>[1]) => indicator(conductor, o),
    setIndicator: (o: Parameters<typeof setIndicator>[1]) => setIndicator(conductor, o),
    attachMedia: (o: Parameters<typeof attachMedia>[1]) => attachMedia(conductor, o),
    detachMedia: (o: Parameters<typeof detachMedia>[1]) => detachMedia(conductor, o),
    media: (node: string) => media(conductor, node),
    passthruMethods: (node: string) => passthruMethods(conductor, node),
    passthru: (o: PassthruOrder) => passthru(conductor, o),
    driverPassthruMethods: async (_driver: string) => ({}),
    driverPassthru: async (o: { driver: string; method: string }) => refuseDriverMethod(o.driver, o.method),
  };
}
