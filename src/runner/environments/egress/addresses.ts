/** Which addresses are out on the internet, and what the others are. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** By range, after the registries of special addresses (RFC 6890 and what came later); the first that fits names it. */
const IPV4: readonly (readonly [kind: string, ...ranges: string[]])[] = [
  ['loopback', '127.0.0.0/8'],
  ['unspecified', '0.0.0.0/8'],
  // Where clouds answer with credentials; 168.63.129.16 is Azure's and looks like any other.
  ['metadata', '169.254.169.254/32', '169.254.170.2/32', '100.100.100.200/32', '168.63.129.16/32'],
  ['link-local', '169.254.0.0/16'],
  ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  ['carrier-grade NAT', '100.64.0.0/10'],
  ['multicast', '224.0.0.0/4'],
  ['reserved', '192.0.0.0/24', '192.88.99.0/24', '198.18.0.0/15', '240.0.0.0/4'],
  ['documentation', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
];
const IPV6: readonly (readonly [kind: string, ...ranges: string[]])[] = [
  ['loopback', '::1/128'],
  ['unspecified', '::/128'],
  ['metadata', 'fd00:ec2::254/128', 'fd20:ce::254/128'],
  ['link-local', 'fe80::/10'],
  ['private', 'fc00::/7', 'fec0::/10'],
  ['multicast', 'ff00::/8'],
  // Each of these has an IPv4 address in it, which may be any of those above.
  ['translated IPv4', '::ffff:0:0/96', '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'],
  ['reserved', '2001::/23', '5f00::/16'],
  ['documentation', '2001:db8::/32', '3fff::/20'],
];
/** All that is given out so far for the internet. */
const GLOBAL_IPV6 = listOf(['2000::/3'], 'ipv6');

const KINDS_IPV4 = IPV4.map(([kind, ...ranges]) => ({ kind, list: listOf(ranges, 'ipv4') }));
const KINDS_IPV6 = IPV6.map(([kind, ...ranges]) => ({ kind, list: listOf(ranges, 'ipv6') }));

/** What keeps an address from being one of the internet: `loopback`, `private` …; undefined for one that is. */
export function specialKind(address: string): string | undefined {
  if (isIPv4(address)) return KINDS_IPV4.find(({ list }) => list.check(address, 'ipv4'))?.kind;
  // With a zone it is of one link, and nothing compares it rightly.
  if (!isIPv6(address) || address.includes('%')) return 'unreadable';
  const kind = KINDS_IPV6.find(({ list }) => list.check(address, 'ipv6'))?.kind;
  return kind ?? (GLOBAL_IPV6.check(address, 'ipv6') ? undefined : 'reserved');
}

// One list a family: in a list of both, an IPv4 range also speaks for the IPv6 addresses that carry it, and the reverse.
function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
