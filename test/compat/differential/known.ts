// Where Ingot answers otherwise than the original, and is to: each row says which exchanges and why. Rows may only go away.

export interface Known {
  /** The script, or all. */
  readonly of: string | RegExp;
  /** The name of the exchange. */
  readonly asked: RegExp;
  readonly because: string;
}

export const known: readonly Known[] = [
  { of: 'rest', asked: /^GET \/v1\/portgroups\/bond\/ports/, because: 'A port group is found by its name here too.' },
  { of: 'rest', asked: /^PUT \/v1\/runbooks\/nope\/traits/, because: 'A runbook is looked for before its traits are.' },
  { of: 'rest', asked: /^GET \S+\/history/, because: 'History tells what went well too, not failures only.' },
  { of: 'runbooks', asked: /"owner":/, because: 'Without authentication everybody may say whose a runbook is.' },
  {
    of: 'headers',
    asked: /^GET \/ @/,
    because: 'The root refuses a version it does not serve in the form in which everything else refuses it.',
  },
  { of: 'headers', asked: /@1\.20, 1\.30$/, because: 'Two versions are none; the original takes them for the lowest.' },
  {
    of: 'headers',
    asked: /^GET \/v1\/nodes\/detail\/ /,
    because: 'A slash at the end says nothing; here alone the original finds nothing.',
  },
  { of: 'headers', asked: /^GET \/v1\/nodes\/detail\/$/, because: 'A slash at the end says nothing.' },
  {
    of: 'headers',
    asked: /^GET \/v1\/nodes\/validate(\?| @|$)/,
    because: 'A node that nobody named is what is missing (400), not what is not there (404).',
  },
  { of: 'headers', asked: /^GET \/v1\/shards\/a/, because: 'Below its version there is no such path.' },
  {
    of: 'headers',
    asked: /^(GET|POST) \/v1\/(lookup|events|heartbeat|portgroups\/detail)/,
    because: 'Below its version there is no such path, whatever stands in the query.',
  },
  {
    of: 'headers',
    asked: /^\w+ \/v1\/nodes\/x\/(traits|vifs|vmedia|allocation|vendor_passthru|volume)/,
    because: 'A node that is not there is told as that (404) before its body is read.',
  },
  { of: 'ports', asked: /^GET \/v1\/ports\/1( |$)/, because: 'The number of a row is nobody’s name.' },
  { of: 'portgroups', asked: /^DELETE \/v1\/portgroups\/1$/, because: 'The number of a row is nobody’s name.' },
  {
    of: 'ports',
    asked: /^POST \/v1\/ports .*@/,
    because: 'What is too new is told as that (406) before its value is looked at.',
  },
  {
    of: 'portgroups',
    asked: /^GET \/v1\/portgroups\?(detail=true|fields=(physical_network|category)) @/,
    because: 'No field is shown below its version; the original shows these.',
  },
  { of: 'portgroups', asked: /"path":"\/mode","value":null/, because: 'A port group without a mode is none.' },
  {
    of: /^(volume_|runbooks|states)/,
    asked: /\?(.*&)?project/,
    because: 'The project is a project; the original takes it for true or false.',
  },
  { of: /^volume_/, asked: /\?fields=&detail=true/, because: 'fields and detail exclude each other, however empty.' },
  {
    of: 'drivers',
    asked: /detail=|^GET \/v1\/drivers\/ipmi/,
    because: 'The original was recorded without the console ipmitool-socat; "fields" is refused by its version first.',
  },
  {
    of: 'states',
    asked: /^PUT \S+\/maintenance/,
    because: 'A body that is no JSON object is refused; the original does not read it.',
  },
  { of: 'states', asked: /^PUT \S+\/states\/raid/, because: 'null is no RAID configuration; {} clears it.' },
  { of: 'states', asked: /"timeout":(1\.5|true)/, because: 'A part of a second is no whole number of seconds.' },
  { of: 'states', asked: /^PUT \S+\/traits/, because: 'There is nothing below a trait; a node is looked for first.' },
  { of: 'states', asked: /inject_nmi/, because: 'The fake machine takes an NMI, which clients are tried with.' },
  {
    of: 'states',
    asked: /^PUT \S+\/indicators\/led@system/,
    because: 'The lamp of the fake machine can be switched; in the original it says so and refuses.',
  },
  {
    of: 'states',
    asked: /^POST \S+\/vmedia .*(etc\/passwd|_source":null)/,
    because: 'Where files may come from is judged when the image is fetched; null is as good as nothing.',
  },
  { of: 'states', asked: /^GET \S+\/(vmedia|bios\?detail=true|firmware\?detail=true)/, because: 'Told in one form.' },
  {
    of: 'states',
    asked: /^GET \/v1\/nodes\/(nope|host)\/(volume|allocation)/,
    because: 'A node is found by its name, and one that is not there is told as that.',
  },
  { of: 'allocations', asked: /"uuid":/, because: 'The original takes any text as a UUID, and never comes to an end.' },
  {
    of: 'runbooks',
    asked: /"(path":"\/)?(disable_ramdisk|public)"/,
    because: 'The command line client writes these as text.',
  },
  {
    of: 'node_lists',
    asked: /^GET \/v1\/nodes\/beta\/validate/,
    because: 'Inspection finds out which ports there are.',
  },
  { of: 'node_lists', asked: /^DELETE \S+\/nope/, because: 'There is nothing below a node of that name.' },
  {
    of: 'node_fields',
    asked: /parent_node/,
    because: 'Nothing is no parent: null takes a node away from its parent, "" names none.',
  },
  { of: 'node_fields', asked: /^POST .*":(""|null)\} @/, because: 'What is too new is told before its value is read.' },
  { of: 'node_fields', asked: /"conductor_group":""/, because: 'What is too new is told before its value is read.' },

  {
    of: 'node_fields',
    asked: /secure_boot/,
    because: 'Secure boot is on, off or unknown; the original takes any text.',
  },
  { of: 'node_fields', asked: /retired_reason/, because: 'A reason goes with what it is the reason for.' },
  { of: 'node_fields', asked: /network_data/, because: 'A node that is worked on is told as that first.' },
];
