"""The Gram matrix K of the per-sample gradients, and the alignment factors of SGD's noise from K and the residuals."""

from contestant import import_jax, import_torch, repeat, repeat_jax, with_jax, with_torch
from network import jax_network, torch_network
from problem import waves

WIDTHS, SAMPLES = [400, 400, 200, 1], 1000


def contestant(case, peer):
    return with_pytorch() if peer == "torch" else with_jit()


def alignment_factors(xp, kernel, residuals):
    """alpha, beta, mu, mu_1, mu_2, gamma, tau, |G|_F, Tr G; G = sum g_i g_i^T/n, Sigma = sum e_i^2 g_i g_i^T/n - grad L grad L^T."""
    n = len(residuals)
    squares = kernel * kernel
    chi = xp.mean(squares, 1)
    size = xp.sqrt(xp.mean(chi))
    weights = residuals * residuals
    twice_loss = xp.mean(weights)
    image = kernel @ residuals
    first = xp.mean(weights * chi)
    second = image @ image / n**3
    noise = xp.sqrt(
        weights @ squares @ weights / n**2
        - 2 / n**3 * xp.sum(weights * image * image)
        + (residuals @ image / n**2) ** 2
    )
    scale = twice_loss * size**2
    alpha, beta = (first - second) / (noise * size), noise / (twice_loss * size)
    mu_1, mu_2 = first / scale, second / scale
    tau = xp.linalg.eigvalsh(kernel)[-1] ** 2 / xp.sum(squares)
    return alpha, beta, mu_1 - mu_2, mu_1, mu_2, xp.min(chi) / xp.mean(chi), tau, size, xp.trace(kernel) / n


def with_pytorch():
    torch = import_torch()
    parameters, inputs, targets, network, _ = torch_network(torch, WIDTHS, SAMPLES, "relu", waves)
    parameters = [parameter.detach() for parameter in parameters]
    output = lambda parameters, x: network(parameters, x[None])[0, 0]
    gradients = torch.func.vmap(torch.func.grad(output), in_dims=(None, 0))

    def factors():
        kernel = torch.zeros(SAMPLES, SAMPLES)
        for block in gradients(parameters, inputs):
            rows = block.reshape(SAMPLES, -1)
            kernel.addmm_(rows, rows.T)
        return alignment_factors(torch, kernel, (network(parameters, inputs) - targets)[:, 0])

    return with_torch(factors(), factors=repeat(factors))


def with_jit():
    jax = import_jax()
    parameters, inputs, targets, network, _ = jax_network(jax, WIDTHS, SAMPLES, "relu", waves)

    @jax.jit
    def factors(parameters):
        output = lambda parameters, x: network(parameters, x[None])[0, 0]
        blocks = jax.vmap(jax.grad(output), (None, 0))(parameters, inputs)
        rows = [block.reshape(SAMPLES, -1) for block in blocks]
        kernel = sum(block @ block.T for block in rows)
        return alignment_factors(jax.numpy, kernel, (network(parameters, inputs) - targets)[:, 0])

    return with_jax(factors(parameters), factors=repeat_jax(lambda: factors(parameters)))
