"""What infrastructure and runtime agree on, each fact written once, for `stacks` and `runtime`.

Plain data: no AWS client, no Flask, no file access, and no import of anything else in the tree.
"""
