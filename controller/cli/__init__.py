"""The command `ari-controller`. Reads arguments, prints, and gives exit codes: 0 done, 1 a check failed, 2 bad usage or a bad site file."""
