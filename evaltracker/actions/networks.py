"""Which network addresses count as one sender or one visitor, wherever the site counts them."""

import ipaddress


def network_of(address: str) -> str:
    """What is counted as one: an IPv4 address; of IPv6 the first 64 bits, which one connection has all of (RFC 6177).

    What is no address, for instance because a proxy did not fill it in, is returned as it is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
