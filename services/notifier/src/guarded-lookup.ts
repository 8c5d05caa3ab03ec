import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from '@strata/subscriptions';

/** The endpoint's name leads to an address that webhooks must not reach. */
export class AddressRefused extends Error {
  constructor() {
    super('The address is private, loopback or reserved.');
    this.name = 'AddressRefused';
  }
}

/** The machine's own resolver, or that of a test. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A resolver for the socket itself: what it answers is what is connected to, so no second
 * resolution can lead elsewhere (DNS rebinding). One private answer among several refuses them all.
 */
export function guardLookup(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
        return callback(new AddressRefused(), '', 0);
      }
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}
