"""The Agent Desktop's API: HTTP and one WebSocket, for people's desktops, their scripts and their monitoring.

It asks the floor through the `Inbox` and shows what the floor is; it decides nothing about interactions by itself.

Read in this order: `server` (wiring), `endpoints` (what there is), `routes/` (each of them), `bodies` and `shapes` (what comes in and
goes out), `views` (the floor as one viewer sees it), `telling` and `feeds` (what connected desktops hear), `problems` (every refusal).
"""
