"""The kernel of one submission, shut off by bubblewrap: what it sees, and how much it may take."""

import glob
import os
import platform
import shutil
import struct
import tempfile
import threading

import zmq
from jupyter_client.manager import AsyncKernelManager

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))

# What one submission may take. The instances of a check that are sane in size stay a hundred times below.
MEMORY = 1536 << 20  # of private memory that can be written, in bytes; node with the library takes some 300 MB
FILE = 16 << 20  # one file
FOLDER = 64 << 20  # all of its files
OPEN_FILES = 1024
MESSAGE = 8 << 20  # one message from the kernel
WATCH = 0.25  # seconds between two looks at the folder

# The first, because a worker thread interrupts cells; the second saves the compiler a tenth of its time in collections.
NODE_FLAGS = ["--no-force-async-hooks-checks", "--max-semi-space-size=64"]

# Numbers of system calls: fork, vfork (None: there is no such call), clone, clone3, and what nobody needs here:
# io_uring_setup, userfaultfd, bpf, ptrace, unshare, setns, mount, keyctl, process_vm_readv, perf_event_open.
CALLS = {
    "x86_64": (0xC000003E, [57, 58], 56, 435, [425, 323, 321, 101, 272, 308, 165, 250, 310, 298]),
    "aarch64": (0xC00000B7, [], 220, 435, [425, 282, 280, 117, 97, 268, 40, 219, 270, 241]),
}
CLONE_THREAD = 0x00010000


def why_no_sandbox():
    """What is missing for the sandbox on this machine, or None."""
    if shutil.which("bwrap") is None or shutil.which("prlimit") is None:
        return "bubblewrap is not there (Debian, Ubuntu: sudo apt install bubblewrap)"
    if platform.machine() not in CALLS:
        return f"no filter of system calls is written for {platform.machine()}"
    return None


def system_call_filter():
    """A seccomp program (BPF) which allows threads and refuses processes: EPERM, and ENOSYS for clone3."""
    arch, forks, clone, clone3, others = CALLS[platform.machine()]
    load = lambda offset: (0x20, 0, 0, offset)
    give = lambda value: (0x06, 0, 0, value)
    allow, refuse, unknown = give(0x7FFF0000), give(0x00050000 | 1), give(0x00050000 | 38)
    same = lambda value, code: [(0x15, 0, 1, value), code]  # where equal the next one, else skip it
    program = [load(4), (0x15, 1, 0, arch), refuse, load(0)]
    if platform.machine() == "x86_64":
        program += [(0x35, 0, 1, 0x40000000), refuse]  # the calls of x32
    for number in forks + others:
        program += same(number, refuse)
    program += same(clone3, unknown)  # its flags lie in memory: then the C library takes clone
    program += [(0x15, 0, 3, clone), load(16), (0x45, 1, 0, CLONE_THREAD), refuse, allow]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def command(scratch, node, connection_file):
    """The argument list that starts a kernel for the files in scratch/work."""
    with open(os.path.join(scratch, "filter.bpf"), "wb") as file:
        file.write(system_call_filter())
    limits = [f"--data={MEMORY}", f"--fsize={FILE}", "--core=0", f"--nofile={OPEN_FILES}"]
    args = ["--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    args += ["--die-with-parent", "--new-session", "--hostname", "homework", "--clearenv"]
    for name, value in {
        "PATH": "/usr/bin:/bin",
        "HOME": "/course/submission",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "UV_THREADPOOL_SIZE": "2",
    }.items():
        args += ["--setenv", name, value]
    args += ["--ro-bind", "/usr", "/usr"]
    for folder in ["bin", "lib", "lib64"]:
        path = f"/{folder}"
        if os.path.islink(path):
            args += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            args += ["--ro-bind", path, path]
    args += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--proc", "/proc", "--dev", "/dev"]
    if not node.startswith("/usr/"):
        args += ["--ro-bind", node, node]
    shown = ["node_modules", "lib/dist", "lib/package.json", "kernel/dist", "kernel/package.json", "package.json", "data"]
    for path in shown:
        args += ["--ro-bind-try", os.path.join(REPOSITORY, path), f"/course/{path}"]
    for folder in glob.glob(os.path.join(REPOSITORY, ".venv/lib/python3*/site-packages/scipy_openblas64")):
        args += ["--ro-bind", folder, f"/course/{os.path.relpath(folder, REPOSITORY)}"]
    args += ["--ro-bind", os.path.join(HERE, "seal.cjs"), "/course/seal.cjs"]
    args += ["--size", str(FOLDER), "--tmpfs", "/tmp", "--bind", os.path.join(scratch, "run"), os.path.join(scratch, "run")]
    args += ["--bind", os.path.join(scratch, "work"), "/course/submission", "--chdir", "/course/submission"]
    # The folders that bubblewrap made to hang these into lie in memory: nobody may fill that.
    args += ["--remount-ro", "/dev", "--remount-ro", "/"]
    kernel = [node, *NODE_FLAGS, "--require", "/course/seal.cjs"]
    kernel += ["/course/kernel/dist/main.js", "--config-path", connection_file]
    script = 'exec prlimit "$@" 9< "$0"'
    return ["sh", "-c", script, os.path.join(scratch, "filter.bpf"), *limits, "--", "bwrap", *args, "--seccomp", "9", *kernel]


def unsafe_command(node, connection_file):
    """Without a sandbox: as the reader's own kernel."""
    kernel = [node, *NODE_FLAGS, "--require", os.path.join(HERE, "seal.cjs")]
    return kernel + [os.path.join(REPOSITORY, "kernel/dist/main.js"), "--config-path", connection_file]


class SandboxKernelManager(AsyncKernelManager):
    """Starts the kernel in a scratch folder of its own, behind sockets of files instead of the network."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.unsafe = os.environ.get("FLAT_MINIMA_UNSAFE") == "1"
        self.node = os.path.realpath(os.environ["FLAT_MINIMA_NODE"])
        # Short, for the path of a socket may have 107 characters; under the root where modules must be found.
        base = os.path.join(REPOSITORY, ".flat-minima") if self.unsafe else os.environ.get("FLAT_MINIMA_SCRATCH", "/tmp")
        os.makedirs(base, exist_ok=True)
        self.scratch = tempfile.mkdtemp(prefix="fm-", dir=base)
        for name in ["run", "work"]:
            os.mkdir(os.path.join(self.scratch, name))
        if not self.unsafe:
            self.transport = "ipc"
        self.connection_file = os.path.join(self.scratch, "run", "kernel.json")
        # A message that is larger ends the connection before it fills the grader's memory.
        self.context.setsockopt(zmq.MAXMSGSIZE, MESSAGE)
        self.too_large = False
        self._over = threading.Event()

    def format_kernel_cmd(self, extra_arguments=None):
        if self.unsafe:
            return unsafe_command(self.node, self.connection_file)
        threading.Thread(target=self._watch, daemon=True).start()
        return command(self.scratch, self.node, self.connection_file)

    async def _async_start_kernel(self, **kwargs):
        kwargs["cwd"] = os.path.join(self.scratch, "work")
        await super()._async_start_kernel(**kwargs)

    start_kernel = _async_start_kernel

    def kill_now(self):
        """From any thread: the end of all processes of the kernel."""
        process = getattr(self.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()

    def _watch(self):
        """Each file is limited by the system; their sum is not, so look at it."""
        while not self._over.wait(WATCH):
            total = 0
            for folder, _, files in os.walk(self.scratch):
                for name in files:
                    try:
                        total += os.lstat(os.path.join(folder, name)).st_size
                    except OSError:
                        pass
            if total > FOLDER:
                self.too_large = True
                self.kill_now()
                return

    def discard(self):
        self._over.set()
        shutil.rmtree(self.scratch, ignore_errors=True)
