import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { EndpointAddresses } from '@metergate/core';
import ipaddr from 'ipaddr.js';

/** Names that never belong to the public internet (RFC 6761, RFC 6762, RFC 8375, and what clouds use inside). */
const inwardName = /(^|\.)(localhost|local|internal|intranet|home\.arpa|lan|localdomain)\.?$/i;

/**
 * Tells inward addresses when an endpoint is entered, so that people see it at once. What decides is the check at
 * every connection: a name that does not resolve yet is let through here.
 */
export function createEndpointAddresses(allowsLoopback: boolean): EndpointAddresses {
  return {
    allowsLoopback,
    async isPublic(url) {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0) return isPublicAddress(host);
      if (inwardName.test(host) || !host.includes('.')) return false;
      const found = await lookup(host, { all: true }).catch(() => []);
      return found.every(({ address }) => isPublicAddress(address));
    },
  };
}

/** Neither private, loopback, link-local, mapped nor otherwise reserved. */
function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';
}
