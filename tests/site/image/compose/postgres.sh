# Stand-in for the entrypoint of the public image of PostgreSQL: a cluster from POSTGRES_USER, _DB and _PASSWORD_FILE.
set -eu
data=/var/lib/postgresql/data
programs=$(echo /usr/lib/postgresql/*/bin)
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }
chown postgres:postgres "$data"
chmod 700 "$data"
if [ ! -e "$data/PG_VERSION" ]; then
    install -o postgres -m 600 "$POSTGRES_PASSWORD_FILE" /tmp/password
    as_postgres "$programs/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256 -E UTF8 --locale=C.UTF-8
    echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
    as_postgres "$programs/pg_ctl" -D "$data" -w -o "-c listen_addresses='' -k /tmp" start
    PGPASSWORD=$(cat /tmp/password) createdb -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB"
    as_postgres "$programs/pg_ctl" -D "$data" -w stop
    rm /tmp/password
fi
exec setpriv --reuid postgres --regid postgres --init-groups "$programs/postgres" -D "$data" -c "listen_addresses=*"
