"""Fully connected nets z = x W + b with one activation, and L = 1/(2n) sum e^2, in PyTorch and in JAX."""

from problem import multilayer


def torch_network(torch, widths, count, activation="tanh", problem=multilayer):
    """Parameters [W, b, W, b, ...], inputs, targets, f(parameters, x), L(parameters, x, y)."""
    layers, *data = problem(widths, count)
    parameters = [torch.tensor(array).requires_grad_() for layer in layers for array in layer]
    act = getattr(torch, activation)

    def network(parameters, x):
        for k in range(0, len(parameters), 2):
            x = torch.addmm(parameters[k + 1], x, parameters[k])
            if k + 2 < len(parameters):
                x = act(x)
        return x

    def risk(parameters, x, y):
        return 0.5 * torch.mean((network(parameters, x) - y) ** 2)

    return parameters, *(torch.tensor(array) for array in data), network, risk


def torch_module(torch, parameters):
    """The tanh net of these parameters as one writes it: a torch.nn.Sequential of Linear and Tanh."""
    modules = []
    for k in range(0, len(parameters), 2):
        weights, bias = parameters[k : k + 2]
        linear = torch.nn.Linear(*weights.shape)
        with torch.no_grad():
            linear.weight.copy_(weights.T)
            linear.bias.copy_(bias)
        modules += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*modules[:-1])


def half_square_loss(torch):
    """As a module, for peers that want one."""

    class HalfSquareLoss(torch.nn.MSELoss):
        def forward(self, output, target):
            return 0.5 * super().forward(output, target)

    return HalfSquareLoss()


def jax_network(jax, widths, count, activation="tanh", problem=multilayer):
    """Parameters, inputs, targets, f(parameters, x), L(parameters, x, y)."""
    layers, *data = problem(widths, count)
    parameters = [jax.numpy.asarray(array) for layer in layers for array in layer]
    act = getattr(jax.nn, activation)

    def network(parameters, x):
        for k in range(0, len(parameters), 2):
            x = x @ parameters[k] + parameters[k + 1]
            if k + 2 < len(parameters):
                x = act(x)
        return x

    def risk(parameters, x, y):
        return 0.5 * jax.numpy.mean((network(parameters, x) - y) ** 2)

    return parameters, *(jax.numpy.asarray(array) for array in data), network, risk


def jax_flat(jax, widths, count):
    """Parameters as one vector, which spares JAX the handling of eight arrays at every call, and L(vector, x, y)."""
    from jax.flatten_util import ravel_pytree

    parameters, inputs, targets, _, risk = jax_network(jax, widths, count)
    vector, unravel = ravel_pytree(parameters)
    return vector, inputs, targets, lambda vector, x, y: risk(unravel(vector), x, y)
