# What the tests of the broker share. Sourced after voice.bash.
export LC_ALL=C TZ=UTC
mosquitto=/usr/sbin/mosquitto
[[ -x $mosquitto ]] || mosquitto=$(command -v mosquitto) || { echo "no mosquitto" >&2; exit 77; }
broker_pid=""

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# start_broker FOLDER
start_broker() {
    "$mosquitto" -c "$1/mosquitto.conf" >>"$work/broker.log" 2>&1 &
    broker_pid=$!
    claim="the broker starts"
    wait_until 60 grep -q ' running' "$work/broker.log" || { tail -5 "$work/broker.log" >&2; exit 1; }
}
stop_broker() {
    kill "$broker_pid"
    wait "$broker_pid" 2>/dev/null
    : >"$work/broker.log"
    broker_pid=""
}
