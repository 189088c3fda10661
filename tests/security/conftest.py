"""The same contact centre as the desktop's own tests have."""

from tests.edges.conftest import alice, bob, sam, world

__all__ = ["alice", "bob", "sam", "world"]
