"""A step of gradient descent on the whole sample."""

from contestant import import_jax, import_torch, iterate_jax, with_jax, with_torch
from network import jax_flat, torch_module, torch_network

PROBLEMS = {"gd-small": ([6, 40, 40, 40, 1], 200, 100), "gd-large": ([400, 400, 200, 1], 1000, 20)}
LEARNING_RATE, CHECKED_STEPS = 0.1, 3


def contestant(case, peer):
    widths, count, call = PROBLEMS[case]
    if peer.startswith("jax"):
        return with_jit(widths, count, call if peer == "jax-loop" else 1)
    run, risk = {"torch": with_optimizer, "torch-lean": by_hand}[peer](import_torch(), widths, count)
    run(CHECKED_STEPS)
    return with_torch(risk().detach(), step=(run, 1))


def with_optimizer(torch, widths, count):
    """As one writes it: modules, backward, torch.optim."""
    parameters, inputs, targets, _, _ = torch_network(torch, widths, count)
    model = torch_module(torch, parameters)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    mean_square = torch.nn.MSELoss()

    def run(repeats):
        for _ in range(repeats):
            optimizer.zero_grad()
            (0.5 * mean_square(model(inputs), targets)).backward()
            optimizer.step()

    return run, lambda: 0.5 * mean_square(model(inputs), targets)


def by_hand(torch, widths, count):
    """The least that PyTorch can be asked to do: no modules, no optimizer, in place."""
    parameters, inputs, targets, _, risk = torch_network(torch, widths, count)

    def run(repeats):
        for _ in range(repeats):
            gradients = torch.autograd.grad(risk(parameters, inputs, targets), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients):
                    parameter.sub_(gradient, alpha=LEARNING_RATE)

    return run, lambda: risk(parameters, inputs, targets)


def with_jit(widths, count, steps_a_call):
    jax = import_jax()
    parameters, inputs, targets, risk = jax_flat(jax, widths, count)
    step = lambda parameters: parameters - LEARNING_RATE * jax.grad(risk)(parameters, inputs, targets)
    check = risk(jax.lax.fori_loop(0, CHECKED_STEPS, lambda _, state: step(state), parameters), inputs, targets)
    return with_jax(check, step=iterate_jax(jax, step, parameters, steps_a_call))
