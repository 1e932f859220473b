"""The five largest eigenvalues of a Hessian and their eigenvectors by curvlinops and SciPy's eigsh, which calls ARPACK."""

from contextlib import nullcontext

from contestant import import_torch, repeat, with_torch
from network import half_square_loss, torch_module
from problem import uniform, waves

WIDTHS, SAMPLES = [100, 200, 200, 1], 1000

# eigsh's own default, 0, asks for all digits.
TOLERANCES = {"eigsh": 0, "eigsh-1e-8": 1e-8, "eigsh-1e-8-lean": 1e-8}


def contestant(case, peer):
    torch = import_torch()
    from curvlinops import HessianLinearOperator
    from scipy.sparse.linalg import eigsh
    from threadpoolctl import threadpool_limits

    layers, *data = waves(WIDTHS, SAMPLES)
    inputs, targets = (torch.tensor(array) for array in data)
    model = torch_module(torch, [torch.tensor(array) for layer in layers for array in layer])
    loss, parameters = half_square_loss(torch), list(model.parameters())
    start = uniform(40, sum(parameter.numel() for parameter in parameters))

    def eigenpairs():
        hessian = HessianLinearOperator(model, loss, parameters, [(inputs, targets)], check_deterministic=False)
        # On few cores the threads of SciPy's BLAS and those of PyTorch are in each other's way.
        with threadpool_limits(1, "blas") if peer.endswith("lean") else nullcontext():
            return eigsh(hessian.to_scipy(), k=5, which="LA", tol=TOLERANCES[peer], v0=start)

    values = eigenpairs()[0]
    packages = ["curvlinops-for-pytorch", "scipy"]
    return with_torch(list(values[::-1]), *packages, eigenpairs=repeat(eigenpairs))
