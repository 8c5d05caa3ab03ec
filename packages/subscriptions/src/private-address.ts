import { BlockList, isIP } from 'node:net';

/**
 * IANA special-purpose registries: what is not a public unicast address; and one that looks public
 * and leads to the machine's own host.
 */
const PRIVATE_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Azure answers every machine here: its DNS, its agent's secrets.
  ['168.63.129.16', 32],
  // Azure answers every machine here: its DNS, its agent's secrets.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/**
 * Global unicast is 2000::/3; these parts of it lead elsewhere (tunnels that carry an IPv4 address,
 * documentation).
 */
const PRIVATE_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const privateV4 = new BlockList();
for (const [network, prefix] of PRIVATE_V4) privateV4.addSubnet(network, prefix, 'ipv4');
const privateV6 = new BlockList();
for (const [network, prefix] of PRIVATE_V6) privateV6.addSubnet(network, prefix, 'ipv6');
const globalUnicastV6 = new BlockList();
globalUnicastV6.addSubnet('2000::', 3, 'ipv6');

/**
 * True for every address that is not plainly public: a webhook must not become a way to reach what
 * stands beside the notifier. Mapped IPv4 (::ffff:a.b.c.d) lies outside 2000::/3 and is refused in
 * that form.
 */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return privateV4.check(address, 'ipv4');
    case 6:
      return !globalUnicastV6.check(address, 'ipv6') || privateV6.check(address, 'ipv6');
    default:
      return true;
  }
}

/** A literal address is connected to without any look-up, so it has to be looked at beforehand. */
export function isPrivateLiteral({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 && isPrivateAddress(host);
}
