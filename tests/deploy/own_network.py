"""Machines as network namespaces, for tests: nothing of the host's own network is touched. Needs root (or 77)."""
import ctypes
import json
import os
import signal
import subprocess
import sys
import traceback

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def called(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def begin():
    """Goes into a network and mount namespace of its own; exit 77 with the reason where that is not possible."""
    if os.environ.get("BITGRID_OWN_NETWORK") == "1":
        os.environ.pop("BITGRID_OWN_NETWORK")
        sh("ip link set lo up")
        return
    if os.geteuid() != 0:
        skip("namespaces with several users need root")
    probe = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        skip(f"no namespaces here: {probe.stderr.strip()}")
    os.environ["BITGRID_OWN_NETWORK"] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, *sys.argv])


def sh(command, **options):
    return subprocess.run(command, shell=True, check=True, text=True, **options)


class Host:
    """A namespace that lives as long as its keeper, a process that only waits."""

    def __init__(self, name):
        self.name = name
        self.children = []
        self.keeper = self.fork(self._keep, ready=True)
        self.sh("ip link set lo up")

    def _keep(self, ready):
        called(libc.unshare(CLONE_NEWNET), "unshare")
        os.write(ready, b"r")
        signal.pause()

    def fork(self, work, ready=False):
        """A child that ends with its parent; with `ready` it is waited for until it writes a byte to what it is given."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
                os.close(reading)
                work(writing)
                status = 0
            except BaseException:  # pylint: disable=broad-except
                traceback.print_exc()
            os._exit(status)
        os.close(writing)
        if ready and os.read(reading, 1) != b"r":
            raise RuntimeError(f"{self.name}: a process did not start")
        os.close(reading)
        self.children.append(child)
        return child

    def enter(self):
        handle = os.open(f"/proc/{self.keeper}/ns/net", os.O_RDONLY)
        called(libc.setns(handle, CLONE_NEWNET), "setns")
        os.close(handle)

    def command(self, words):
        return ["nsenter", f"--net=/proc/{self.keeper}/ns/net", *words]

    def sh(self, script, **options):
        return subprocess.run(self.command(["sh", "-ec", script]), check=True, text=True, **options)

    def cable(self, other, own_end, other_end):
        """A cable between two hosts, both ends up."""
        sh(f"ip link add name {own_end} netns {self.keeper} type veth peer name {other_end} netns {other.keeper}")
        self.sh(f"ip link set {own_end} up")
        other.sh(f"ip link set {other_end} up")

    def start(self, work):
        """`work(ready)` in this namespace, in the background."""

        def in_here(ready):
            self.enter()
            work(ready)

        return self.fork(in_here, ready=True)

    def run(self, work, uid=0):
        """What `work()` returns when this user calls it here."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(reading)
                self.enter()
                if uid != 0:
                    os.setgroups([])
                    os.setresgid(uid, uid, uid)
                    os.setresuid(uid, uid, uid)
                answer = json.dumps(work()).encode()
                while answer:
                    answer = answer[os.write(writing, answer):]
                status = 0
            except BaseException:  # pylint: disable=broad-except
                traceback.print_exc()
            os._exit(status)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        if os.waitpid(child, 0)[1] != 0:
            raise RuntimeError(f"{self.name}: see above")
        return json.loads(text)

    def end(self):
        for child in reversed(self.children):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
