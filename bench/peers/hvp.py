"""A Hessian-vector product and a gradient; what depends on theta alone is kept, where the peer allows it."""

from contestant import import_jax, import_torch, repeat, repeat_jax, with_jax, with_torch
from network import half_square_loss, jax_network, torch_module, torch_network
from problem import uniform

WIDTHS, SAMPLES = [100, 200, 200, 1], 1000


def contestant(case, peer):
    if peer == "jax":
        return with_jit()
    torch = import_torch()
    parameters, inputs, targets, _, risk = torch_network(torch, WIDTHS, SAMPLES)
    vectors = [torch.tensor(array) for array in direction(parameters)]
    packages = []
    if peer == "torch":
        product = double_backward(torch, parameters, inputs, targets, risk, vectors)
    else:
        # A Linear keeps W transposed.
        vectors = [vector.T.contiguous() if vector.ndim == 2 else vector for vector in vectors]
        multiply = {"curvlinops": by_curvlinops, "pyhessian": by_pyhessian}[peer]
        packages = [{"curvlinops": "curvlinops-for-pytorch", "pyhessian": "PyHessian"}[peer]]
        product = multiply(torch, torch_module(torch, parameters), inputs, targets, vectors)
    check = sum((v * w).sum() for v, w in zip(vectors, product()))
    gradient = lambda: torch.autograd.grad(risk(parameters, inputs, targets), parameters)
    return with_torch(check, *packages, gradient=repeat(gradient), product=repeat(product))


def direction(parameters):
    return [uniform(30 + k, *parameter.shape) for k, parameter in enumerate(parameters)]


def double_backward(torch, parameters, inputs, targets, risk, vectors):
    """The graph of the gradient is kept."""
    gradients = torch.autograd.grad(risk(parameters, inputs, targets), parameters, create_graph=True)
    return lambda: torch.autograd.grad(gradients, parameters, vectors, retain_graph=True)


def by_curvlinops(torch, model, inputs, targets, vectors):
    """Its operator takes model, loss and data, and starts afresh at every product."""
    from curvlinops import HessianLinearOperator

    parameters = list(model.parameters())
    data = [(inputs, targets)]
    hessian = HessianLinearOperator(model, half_square_loss(torch), parameters, data, check_deterministic=False)
    return lambda: hessian @ vectors


def by_pyhessian(torch, model, inputs, targets, vectors):
    """The product that its eigenvalues and traces are made of; it keeps the graph of the gradient."""
    from pyhessian import hessian, hessian_vector_product

    kept = hessian(model, half_square_loss(torch), (inputs, targets), cuda=False)
    return lambda: hessian_vector_product(kept.gradsH, kept.params, vectors)


def with_jit():
    jax = import_jax()
    parameters, inputs, targets, _, risk = jax_network(jax, WIDTHS, SAMPLES)
    vectors = [jax.numpy.asarray(array) for array in direction(parameters)]
    gradient = jax.jit(jax.grad(risk))
    linearize = jax.jit(lambda p: jax.linearize(lambda p: jax.grad(risk)(p, inputs, targets), p)[1])
    # What the linearised gradient keeps is an argument of the product, so that it does not become a constant.
    kept = linearize(parameters)
    multiply = jax.jit(lambda linear, vectors: linear(vectors))
    check = sum(jax.numpy.vdot(v, w) for v, w in zip(vectors, multiply(kept, vectors)))
    return with_jax(
        check,
        gradient=repeat_jax(lambda: gradient(parameters, inputs, targets)),
        product=repeat_jax(lambda: multiply(kept, vectors)),
    )
