import { expect, it } from 'vitest';
import { canonicalAddress, specialKind } from './addresses.ts';

it.each<readonly [string, string | undefined]>([
  ['8.8.8.8', undefined],
  ['172.15.255.255', undefined],
  ['172.32.0.0', undefined],
  ['100.63.255.255', undefined],
  ['100.128.0.0', undefined],
  ['223.255.255.255', undefined],
  ['2606:4700::1111', undefined],
  ['2a00:1450:4001::200e', undefined],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['10.255.255.255', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.100.100.200', 'metadata'],
  ['169.254.169.254', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['169.254.1.1', 'link-local'],
  ['224.0.0.251', 'multicast'],
  ['255.255.255.255', 'reserved'],
  ['198.19.0.1', 'reserved'],
  ['192.0.2.1', 'documentation'],
  ['::1', 'loopback'],
  ['::', 'unspecified'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'unreadable'],
  ['fd12:3456::1', 'private'],
  ['fd00:ec2::254', 'metadata'],
  ['ff02::1', 'multicast'],
  ['::ffff:127.0.0.1', 'translated IPv4'],
  ['::ffff:8.8.8.8', 'translated IPv4'],
  ['::127.0.0.1', 'translated IPv4'],
  ['64:ff9b::7f00:1', 'translated IPv4'],
  ['2002:7f00:1::', 'translated IPv4'],
  ['2001:0:1::', 'translated IPv4'],
  ['2001:db8::1', 'documentation'],
  ['4000::1', 'reserved'],
  ['', 'unreadable'],
  ['example.com', 'unreadable'],
])('%s: %s', (address, kind) => {
  expect(specialKind(address)).toBe(kind);
});

it.each<readonly [string, string | undefined]>([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::ffff:127.0.0.1', '::ffff:7f00:1'],
  ['192.0.2.01', undefined],
  ['fe80::1%lo', undefined],
  ['localhost', undefined],
])('%s is written %s', (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical);
});
