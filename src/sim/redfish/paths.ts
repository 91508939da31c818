// Where the resources of a machine lie.
const root = '/redfish/v1';

/** The paths of the machine `name`; one service holds all machines of a rack. */
export const pathsOf = (name: string) => {
  const at = encodeURIComponent(name);
  return {
    system: `${root}/Systems/${at}`,
    bios: `${root}/Systems/${at}/Bios`,
    secureBoot: `${root}/Systems/${at}/SecureBoot`,
    storage: `${root}/Systems/${at}/Storage/RAID1`,
    manager: `${root}/Managers/${at}`,
    media: `${root}/Managers/${at}/VirtualMedia`,
    chassis: `${root}/Chassis/${at}`,
    firmware: (part: string) => `${root}/UpdateService/FirmwareInventory/${at}.${part}`,
  };
};

export type Paths = ReturnType<typeof pathsOf>;
