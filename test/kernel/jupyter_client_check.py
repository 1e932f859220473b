"""What a real Jupyter client sees of the kernel: run by jupyter.test.ts with the project's own Python, prints JSON.

Each entry says what was tried and what came back; the test beside it judges.
"""

import json
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

root = Path(__file__).resolve().parents[2]
notebooks = root / "notebooks"


def execute(client, code, **options):
    """One cell: its reply and its outputs, as a frontend would collect them."""
    outputs = []
    reply = client.execute_interactive(code, output_hook=lambda m: outputs.append((m["msg_type"], m["content"])), timeout=30, **options)
    return reply["content"], [o for o in outputs if o[0] not in ("status", "execute_input")]


def with_kernel(manager):
    seen = {}
    manager.start_kernel(cwd=str(notebooks))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)

    reply, outputs = execute(client, "6 * 7")
    seen["result"] = [reply["status"], outputs[0][0], outputs[0][1]["data"]]

    reply, outputs = execute(client, 'throw new RangeError("too far")')
    seen["error"] = [reply["status"], reply["ename"], reply["evalue"], outputs[0][0]]

    reply, outputs = execute(client, "for (let i = 0; i < 10000; i++) console.log(i);")
    seen["lines"] = sum(o[1]["text"].count("\n") for o in outputs)

    # A cell that asks for input, from a frontend that allows it.
    reply, _ = execute(client, "process.stdin", allow_stdin=True)
    seen["stdin"] = reply["evalue"]

    # The stop button: the server's own way, through the control channel.
    message = client.execute("await 1; while (true);")
    time.sleep(0.5)
    start = time.time()
    manager.interrupt_kernel()
    while True:
        reply = client.get_shell_msg(timeout=10)
        if reply["parent_header"].get("msg_id") == message:
            break
    seen["interrupt"] = [reply["content"]["status"], reply["content"]["ename"], time.time() - start < 2]

    # What is queued behind an error is aborted.
    ids = [client.execute('await 1; throw new Error("first")'), client.execute("1")]
    statuses = {}
    while len(statuses) < 2:
        reply = client.get_shell_msg(timeout=10)
        if reply["parent_header"].get("msg_id") in ids:
            statuses[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
    seen["abort"] = [statuses[i] for i in ids]

    # Restart while a cell computes: a fresh kernel, without the old names.
    execute(client, "const before = 1;")
    client.execute("await 1; while (true);")
    time.sleep(0.3)
    start = time.time()
    manager.restart_kernel()
    client.wait_for_ready(timeout=30)
    seen["restart_within_15_s"] = time.time() - start < 15
    reply, _ = execute(client, "before")
    seen["after_restart"] = [reply["ename"], reply["evalue"]]

    client.stop_channels()
    start = time.time()
    manager.shutdown_kernel()
    seen["shutdown_within_3_s"] = time.time() - start < 3
    return seen


def with_nbclient():
    seen = {}
    for name in ("must-pass/plain", "must-fail/exception", "must-fail/type-error"):
        path = root / "test" / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        client = NotebookClient(notebook, timeout=30, kernel_name="tslab", resources={"metadata": {"path": str(notebooks)}})
        try:
            client.execute()
            seen[name] = [cell.get("outputs", []) for cell in notebook.cells]
        except CellExecutionError as error:
            seen[name] = [error.ename, error.evalue]
    return seen


with tempfile.TemporaryDirectory() as sockets:
    seen = {
        "tcp": with_kernel(KernelManager(kernel_name="tslab")),
        # Jupyter's own default is a relative path, which the kernel, in another folder, could not find.
        "ipc": with_kernel(KernelManager(kernel_name="tslab", transport="ipc", ip=f"{sockets}/kernel")),
        "nbclient": with_nbclient(),
    }
print(json.dumps(seen))
