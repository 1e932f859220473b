"""What the peers share: float64 on the CPU, and how one presents itself.

A quantity is a function that runs a number of times and does not return before all is computed, with the number of
units (steps, products, ...) that one time is.
"""

import os
from importlib.metadata import version


def import_jax():
    """JAX without asynchronous dispatch, which costs it 5 of the 21 us that a small step takes."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    return jax


def import_torch():
    import torch

    torch.set_default_dtype(torch.float64)
    return torch


def with_torch(check, *packages, **quantities):
    """`packages`: what is used beside PyTorch."""
    import torch

    versions = ["PyTorch " + torch.__version__, *(f"{package} {version(package)}" for package in packages)]
    return present(" with ".join(versions), torch.get_num_threads(), check, quantities)


def with_jax(check, **quantities):
    import jax

    # XLA does not tell its threads: it takes one a core.
    return present(f"JAX {jax.__version__}", os.cpu_count(), check, quantities)


def present(name, threads, check, quantities):
    """`check`: a number on which all sides must agree, or several."""
    numbers = check if isinstance(check, (list, tuple)) else [check]
    return {"version": name, "threads": threads, "check": [float(c) for c in numbers], "quantities": quantities}


def repeat(function):
    """A quantity of which one call is one unit, and which is computed when it returns."""

    def run(repeats):
        for _ in range(repeats):
            function()

    return run, 1


def repeat_jax(function):
    """The same for a function of JAX."""
    import jax

    def run(repeats):
        for _ in range(repeats):
            result = function()
        jax.block_until_ready(result)

    return run, 1


def iterate_jax(jax, step, state, steps_a_call):
    """A map from state to state, over and over, in calls of a compiled function that makes so many steps."""
    loop = lambda state: jax.lax.fori_loop(0, steps_a_call, lambda _, state: step(state), state)
    # The old state's memory becomes the new one's.
    advance = jax.jit(step if steps_a_call == 1 else loop, donate_argnums=0)

    def run(repeats):
        nonlocal state
        for _ in range(repeats):
            state = advance(state)
        jax.block_until_ready(state)

    return run, steps_a_call
