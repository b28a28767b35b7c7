#!/bin/sh
# Guard, door and controller. The controller is waited for; where it ends, the app ends, and the supervisor starts it anew.
set -eu
if [ "$(id -u)" = 0 ]; then
    # The supervisor's folder belongs to root: made ours, and then nothing here is root any more.
    mkdir -p /data/bitgrid /data/backup
    chown -R 1000:1000 /data/bitgrid /data/backup
    exec setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$0"
fi
config=/config data=/data/bitgrid
bitgridd --role guard --config "$config" --data "$data" &
guard=$!
nginx -c /etc/nginx/bitgridai.conf &
door=$!
bitgridd --config "$config" --data "$data" &
controller=$!
trap 'kill -TERM "$guard" "$controller" 2>/dev/null || true' TERM INT
status=0
wait "$controller" || status=$?
wait "$controller" 2>/dev/null || true
kill "$guard" "$door" 2>/dev/null || true
exit "$status"
