#!/bin/sh
# Starts PostgreSQL as the official image does: makes the cluster on first start, with the user and database asked for.
set -eu
data=/var/lib/postgresql/data
bin=/usr/lib/postgresql/15/bin
mkdir -p "$data" /run/postgresql
chown -R postgres "$data" /run/postgresql
if [ ! -s "$data/PG_VERSION" ]; then
    printf '%s' "$POSTGRES_PASSWORD" > /tmp/pw && chown postgres /tmp/pw
    su postgres -c "$bin/initdb -D $data -U $POSTGRES_USER --pwfile=/tmp/pw --auth=scram-sha-256 >/dev/null"
    rm -f /tmp/pw
    echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
    su postgres -c "$bin/pg_ctl -D $data -o '-c listen_addresses=' -w start >/dev/null"
    su postgres -c "PGPASSWORD='$POSTGRES_PASSWORD' $bin/createdb -h /run/postgresql -U $POSTGRES_USER $POSTGRES_DB" || true
    su postgres -c "$bin/pg_ctl -D $data -m fast -w stop >/dev/null"
fi
exec su postgres -c "$bin/postgres -D $data -c listen_addresses='*' -c shared_buffers=16MB -c unix_socket_directories=/run/postgresql"
