# How the scripts speak: plain words on standard error, colour only on a terminal. Sourced, never run.
if [[ -t 2 && -z "${NO_COLOR:-}" ]]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
    bold='' red='' green='' yellow='' plain=''
fi
say() { printf '%s\n' "${bold}$*${plain}" >&2; }
warn() { printf '%s\n' "${yellow}$*${plain}" >&2; }
# fail CODE WORDS...: says why and ends.
fail() {
    printf '%s\n' "${red}${*:2}${plain}" >&2
    exit "$1"
}
