import { text } from '../option.ts';

export const fake = {
  power_delay: text('0', 'Seconds that a fake power action takes, or "min,max" for a random time.'),
  boot_delay: text('0', 'Seconds that a fake boot action takes, or "min,max" for a random time.'),
  deploy_delay: text('0', 'Seconds that a fake deploy action takes, or "min,max" for a random time.'),
  vendor_delay: text('0', 'Seconds that a fake vendor action takes, or "min,max" for a random time.'),
  management_delay: text('0', 'Seconds that a fake management action takes, or "min,max" for a random time.'),
  inspect_delay: text('0', 'Seconds that a fake inspect action takes, or "min,max" for a random time.'),
  raid_delay: text('0', 'Seconds that a fake raid action takes, or "min,max" for a random time.'),
  bios_delay: text('0', 'Seconds that a fake bios action takes, or "min,max" for a random time.'),
  storage_delay: text('0', 'Seconds that a fake storage action takes, or "min,max" for a random time.'),
  rescue_delay: text('0', 'Seconds that a fake rescue action takes, or "min,max" for a random time.'),
  firmware_delay: text('0', 'Seconds that a fake firmware action takes, or "min,max" for a random time.'),
};
