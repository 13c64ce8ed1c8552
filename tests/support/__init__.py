"""What tests in more than one folder use. There is one of each kind:

- `wait`: `until` and `eventually` wait for a condition, instead of sleeping
- `server`: `stackvote run` in processes of its own; `processes`: what runs on this machine
- `worker`: one worker inside the test's own process
- `client`: a live connection; `worker.Worker` and `model.clients` open theirs here
- `store`: Valkey or Redis, started, frozen, killed and restarted; `replication`: two of them
- `deployments`: servers on one store, recorded for the model; `connections`: who serves whom
- `strategies`, `ballots`: boards and ballots made by Hypothesis
- `metrics`: the value of a metric of this process; `watcher`: a recording watcher of a replica
- `disks`, `ports`, `programs`, `leftovers`: what their names say
"""
