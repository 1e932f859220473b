"""A step of SAM with batch size one: theta <- theta - eta grad l_i(theta + rho grad l_i/|grad l_i|), l_i = e_i^2/2."""

from contestant import import_jax, import_torch, iterate_jax, with_jax, with_torch
from problem import batches, exclusive_or

RADIUS, SAMPLES = 0.2, 100
CHECKED_STEPS = 10  # with a single sample, so that there is nothing to draw
CALL, ORDER = 1000, 4096


def learning_rate(width):
    """As much as goes well: the sharpness at the start is proportional to the width."""
    return 0.3 / width


def contestant(case, peer):
    width = int(case.removeprefix("sam-"))
    if peer.startswith("jax"):
        return with_jit(width, CALL if peer == "jax-loop" else 1)
    torch = import_torch()
    training = {"torch": with_optimizer, "torch-lean": by_hand}[peer]
    run_single, squared_norm = training(torch, width, 1)
    run_single(CHECKED_STEPS)
    return with_torch(squared_norm(), step=(training(torch, width, SAMPLES)[0], 1))


def with_optimizer(torch, width, count):
    """As one writes it: modules, backward, and SAM as an optimizer around SGD that keeps the old parameters."""
    weights, output, inputs, targets = (torch.tensor(array) for array in exclusive_or(width, count))
    model = torch.nn.Sequential(
        torch.nn.Linear(inputs.shape[1], width, bias=False), torch.nn.ReLU(), torch.nn.Linear(width, 1, bias=False)
    )
    with torch.no_grad():
        model[0].weight.copy_(weights)
        model[2].weight.copy_(output[None])
    order = batches(count, 1, ORDER)[:, 0].tolist()
    samples = [(inputs[i : i + 1], targets[i : i + 1, None]) for i in order]
    base = torch.optim.SGD(model.parameters(), lr=learning_rate(width))
    parameters = list(model.parameters())
    mean_square = torch.nn.MSELoss()

    def run(repeats):
        for t in range(repeats):
            x, y = samples[t % ORDER]
            base.zero_grad()
            (0.5 * mean_square(model(x), y)).backward()
            with torch.no_grad():
                norm = torch.norm(torch.stack([parameter.grad.norm() for parameter in parameters]))
                old = [parameter.clone() for parameter in parameters]
                for parameter in parameters:
                    parameter.add_(parameter.grad * (RADIUS / norm))
            base.zero_grad()
            (0.5 * mean_square(model(x), y)).backward()
            with torch.no_grad():
                for parameter, value in zip(parameters, old):
                    parameter.copy_(value)
            base.step()

    return run, lambda: sum((parameter.detach() ** 2).sum() for parameter in parameters)


def by_hand(torch, width, count):
    """The least that PyTorch can be asked to do: no modules, no optimizer, in place."""
    weights, output, inputs, targets = (torch.tensor(array) for array in exclusive_or(width, count))
    weights.requires_grad_()
    output.requires_grad_()
    order = batches(count, 1, ORDER)[:, 0].tolist()
    samples = [(inputs[i], targets[i]) for i in order]
    rate = learning_rate(width)

    def gradient(x, y):
        loss = 0.5 * (output @ torch.relu(weights @ x) - y) ** 2
        return torch.autograd.grad(loss, (weights, output))

    def run(repeats):
        for t in range(repeats):
            x, y = samples[t % ORDER]
            g, h = gradient(x, y)
            with torch.no_grad():
                scale = RADIUS / torch.sqrt((g * g).sum() + (h * h).sum())
                g *= scale
                h *= scale
                weights.add_(g)
                output.add_(h)
            moved_g, moved_h = gradient(x, y)
            with torch.no_grad():
                weights.sub_(g).sub_(moved_g, alpha=rate)
                output.sub_(h).sub_(moved_h, alpha=rate)

    return run, lambda: (weights.detach() ** 2).sum() + (output.detach() ** 2).sum()


def with_jit(width, steps_a_call):
    jax = import_jax()
    jnp = jax.numpy

    def training(count):
        weights, output, inputs, targets = (jnp.asarray(array) for array in exclusive_or(width, count))
        order = jnp.asarray(batches(count, 1, ORDER)[:, 0])

        def gradient(parameters, i):
            loss = lambda weights, output: 0.5 * (output @ jax.nn.relu(weights @ inputs[i]) - targets[i]) ** 2
            return jax.grad(loss, (0, 1))(*parameters)

        def step(state):
            *parameters, t = state
            i = order[t % ORDER]
            ascent = gradient(parameters, i)
            scale = RADIUS / jnp.sqrt(sum(jnp.sum(g * g) for g in ascent))
            descent = gradient([p + scale * g for p, g in zip(parameters, ascent)], i)
            return [*(p - learning_rate(width) * g for p, g in zip(parameters, descent)), t + 1]

        return step, [weights, output, jnp.asarray(0)]

    step, state = training(1)
    weights, output, _ = jax.lax.fori_loop(0, CHECKED_STEPS, lambda _, state: step(state), state)
    check = jnp.sum(weights**2) + jnp.sum(output**2)
    return with_jax(check, step=iterate_jax(jax, *training(SAMPLES), steps_a_call))
