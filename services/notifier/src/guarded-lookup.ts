import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from '@strata/subscriptions';

/** The endpoint's name leads to an address that webhooks must not reach. */
export class AddressRefused extends Error {
  constructor() {
    super('The address is private, loopback or reserved.');
    this.name = 'AddressRefused';
  }
}

/**
 * A resolver for the socket itself: what it answers is what is connected to, so no second
 * resolution can lead elsewhere (DNS rebinding). One private answer among several refuses them all.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(new AddressRefused(), '', 0);
    }
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};
