"""Eigenvalues and eigenvectors of a symmetric matrix by NumPy, which calls LAPACK."""

import numpy as np
from contestant import present, repeat
from problem import uniform
from threadpoolctl import threadpool_info

SIZE = 1000


def contestant(case, peer):
    square = uniform(1, SIZE, SIZE)
    symmetric = (square + square.T) / 2
    threads = max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
    check = np.linalg.eigh(symmetric)[0][-1]
    return present(f"NumPy {np.__version__}", threads, check, {"decomposition": repeat(lambda: np.linalg.eigh(symmetric))})
