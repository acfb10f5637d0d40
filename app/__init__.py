"""The portal's shell: the pages' entry point, the ASGI app and what the pages share."""
