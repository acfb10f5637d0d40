"""One module a resource. A module brings `router`, or `routers`; `core.api.app` finds them."""
