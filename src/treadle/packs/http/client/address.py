"""Which addresses are on the public internet. Everything else is refused unless the operator allows it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# What `is_global` of older Pythons lets through, or what is global by the registry and still no place to
# call: 6to4 relays, protocol assignments, and the address by which cloud machines reach their host.
_REFUSED_V4 = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
)
# Only global unicast, without the blocks that embed or translate to IPv4 (Teredo, 6to4) or are for
# documentation. NAT64 (64:ff9b::/96), mapped (::ffff:0:0/96), unique local, link local and multicast all
# lie outside 2000::/3.
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = (
    IPv6Network("2001::/23"),
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
)


def is_public(address: str) -> bool:
    """Whether a numeric address is a public unicast one. False for text that is not an address."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inside = found.scope_id is None and found in _GLOBAL_V6
        return inside and not any(found in block for block in _REFUSED_V6)
    special = found.is_multicast or found.is_reserved or not found.is_global
    return not special and not any(found in block for block in _REFUSED_V4)
