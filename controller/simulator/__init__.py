"""A simulated world that drives the real controller by a seed, and judges it.

Real here: the floor and all below it, the journal's codec and replay, the keeper, the loop's steps, the ARI switch with its reconcilers,
plans, mirror and resync, and the requests as ARI knows them. Stand-ins: the event loop (`agenda`), Asterisk and its telephones
(`exchange`, `parts`) with what others have there (`neighbours`), the sockets to it (`wire`), the disk (`disk`), people and their programs
(`people`, `asking`, `clients`), the telephone network (`outside`), and what goes wrong (`troubles`, `further`).

It must never read a clock, throw dice other than the seed's, or wait: the same seed gives the same world, on every machine.

Read in this order: `agenda`, `parts`, `exchange`, `wire`, `driven`, `process`, `people`, `asking`, `outside`, `troubles`, `further`,
`judge`, `world`.
"""
