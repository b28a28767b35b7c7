# What the tests of the mirror share: a house of one plug with the real daemon. Sourced after voice.bash.
export LC_ALL=C TZ=UTC
config=$work/config data=$work/data daemon_pid=
place=(--config "$config" --data "$data")
mirror() { "$bitgrid" mirror "$1" "${place[@]}" "${@:2}"; }

make_house() {
    mkdir "$config"
    printf 'enabled: false\n' >"$config/mqtt.yaml"
    printf 'port: 0\n' >"$config/api.yaml"
    printf -- '- id: rod\n  kind: plug\n  has_power: false\n  has_temperature: false\n  can_throttle: false\n' \
        >"$config/loads.yaml"
}
start_daemon() {
    : >"$work/said"
    "$daemon" "${place[@]}" >"$work/said" 2>"$work/daemon.log" &
    daemon_pid=$!
    claim="the daemon starts"
    wait_until 60 grep -q api_port "$work/said"
}
stop_daemon() {
    kill -TERM "$daemon_pid"
    wait "$daemon_pid" || wrong "the daemon ended with $?: $(tail -c 300 "$work/daemon.log")"
    daemon_pid=
}
end_house() { [[ -z $daemon_pid ]] || kill -9 "$daemon_pid"; }
# write_mirror LINE...: as an owner writes it.
write_mirror() { printf '%s\n' --- '# by hand' "$@" ... >"$config/mirror.yaml"; }
# A person agrees, and the daemon writes it into the journal.
agree_anew() {
    expect 0 "a person agrees" mirror on --yes --as Ann
    start_daemon
    stop_daemon
}
# Sequence and text of every row.
rows_of() {
    python3 - "$1" <<'PY'
import sqlite3, sys
for seq, body in sqlite3.connect(sys.argv[1]).execute("SELECT seq, body FROM journal ORDER BY seq"):
    print(seq, body, sep="\t")
PY
}
