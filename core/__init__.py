"""The domain: one folder a step of the loop, and the base rooms beneath."""
