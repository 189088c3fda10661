"""One customer's contact, from arrival to the last wrap-up: who may do what, what happens, and who stands where.

Pure: no clock, no I/O, no logging. `advance` takes what is, what came and the time, and gives what is now.

Read in this order: `interaction` (what is), `facts` and `commands` (what can come), `roles` (who may do what),
`chart` (what happens, and what follows), `steps` (how), `layout` (who therefore stands in which room), `parties` (what others ask).
"""
