"""The HTTP client behind the nodes: pooled connections, guarded addresses, bounded answers."""
