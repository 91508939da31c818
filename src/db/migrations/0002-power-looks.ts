// What power sync remembers between two looks is kept in memory: a look that changes nothing writes nothing.
export const powerLooks = `
DROP INDEX nodes_by_power_check;
ALTER TABLE nodes DROP COLUMN power_sync_failures;
ALTER TABLE nodes DROP COLUMN power_checked_at;
`;
