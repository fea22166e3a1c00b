#!/bin/sh
# Starts the replica, in the folder PGDATA with the settings in the file CONFIG. Where that folder is not there, it
# copies the primary first: so whoever wants the replica made anew removes the folder.
set -eu
: "${PRIMARY:=postgres://replicator@127.0.0.1:5432/postgres}"
if [ ! -d "$PGDATA" ]; then
    until pg_isready --quiet --dbname "$PRIMARY"; do sleep 1; done
    # The slot keeps what the replica has not got yet; one of an earlier replica keeps too much, or nothing any more.
    psql --quiet --no-psqlrc --dbname "$PRIMARY" --output /dev/null --command \
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'replica'"
    rm -rf "$PGDATA.unfinished"
    pg_basebackup --dbname "$PRIMARY" --pgdata "$PGDATA.unfinished" --create-slot --slot replica \
        --write-recovery-conf --checkpoint fast
    mv "$PGDATA.unfinished" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c config_file="$CONFIG"
