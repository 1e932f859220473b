"""A step of SGD, the batch drawn with replacement."""

from contestant import import_jax, import_torch, iterate_jax, with_jax, with_torch
from network import jax_flat, torch_module, torch_network
from problem import batches

WIDTHS, SAMPLES, BATCH, LEARNING_RATE = [6, 40, 40, 40, 1], 200, 5, 0.01
CHECKED_STEPS = 10  # with a single sample, so that there is nothing to draw
CALL, ORDER = 1000, 4096


def contestant(case, peer):
    if peer.startswith("jax"):
        return with_jit(CALL if peer == "jax-loop" else 1)
    torch = import_torch()
    training = {"torch": with_optimizer, "torch-lean": by_hand}[peer]
    run_single, single_risk = training(torch, 1)
    run_single(CHECKED_STEPS)
    return with_torch(single_risk().detach(), step=(training(torch, SAMPLES)[0], 1))


def with_optimizer(torch, count):
    """As one writes it: modules, backward, torch.optim."""
    parameters, inputs, targets, _, _ = torch_network(torch, WIDTHS, count)
    model = torch_module(torch, parameters)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    mean_square = torch.nn.MSELoss()
    order = list(torch.tensor(batches(count, BATCH, ORDER)))

    def run(repeats):
        for t in range(repeats):
            batch = order[t % ORDER]
            optimizer.zero_grad()
            (0.5 * mean_square(model(inputs[batch]), targets[batch])).backward()
            optimizer.step()

    return run, lambda: 0.5 * mean_square(model(inputs), targets)


def by_hand(torch, count):
    """The least that PyTorch can be asked to do: no modules, no optimizer, in place."""
    parameters, inputs, targets, _, risk = torch_network(torch, WIDTHS, count)
    order = list(torch.tensor(batches(count, BATCH, ORDER)))

    def run(repeats):
        for t in range(repeats):
            batch = order[t % ORDER]
            gradients = torch.autograd.grad(risk(parameters, inputs[batch], targets[batch]), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients):
                    parameter.sub_(gradient, alpha=LEARNING_RATE)

    return run, lambda: risk(parameters, inputs, targets)


def with_jit(steps_a_call):
    jax = import_jax()

    def training(count):
        parameters, inputs, targets, risk = jax_flat(jax, WIDTHS, count)
        order = jax.numpy.asarray(batches(count, BATCH, ORDER))

        def step(state):
            parameters, t = state
            batch = order[t % ORDER]
            return parameters - LEARNING_RATE * jax.grad(risk)(parameters, inputs[batch], targets[batch]), t + 1

        return step, (parameters, jax.numpy.asarray(0)), lambda parameters: risk(parameters, inputs, targets)

    step, state, single_risk = training(1)
    check = single_risk(jax.lax.fori_loop(0, CHECKED_STEPS, lambda _, state: step(state), state)[0])
    return with_jax(check, step=iterate_jax(jax, *training(SAMPLES)[:2], steps_a_call))
