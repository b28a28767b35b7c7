# What the tests of the programs share: expectations that name their claim, and a summary of failures.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect CODE CLAIM COMMAND...: runs it and keeps its output in $work/out and $work/err.
expect() {
    local code=$1 got=0
    claim=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
    ((got == code)) || wrong "exit $got instead of $code: $(head -c 300 "$work/err")"
}
wrong() {
    echo "FAILED: $claim: $1" >&2
    failures=$((failures + 1))
}
says() { grep -qE -- "$2" "$work/$1" || wrong "no /$2/ in $1: $(head -c 300 "$work/$1")"; }
is_silent() { [[ ! -s $work/$1 ]] || wrong "$1 is not silent: $(head -c 300 "$work/$1")"; }

finish() {
    ((failures == 0)) || exit 1
    echo "all as expected"
}

# wait_until SECONDS COMMAND...: until it succeeds; wrong where it does not.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || { wrong "waited in vain for: $*"; return 1; }
        read -rt 0.1 <> <(:) || true
    done
}
